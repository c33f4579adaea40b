import { type Credit, creditsOf, type Order } from '../../shared/attribution/credit.ts'
import { MODELS } from '../../shared/attribution/models.ts'
import { clock } from '../../shared/clock.ts'
import { bumpDataVersion } from '../../shared/db/data-version.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { record } from '../../shared/events/record.ts'
import { log } from '../../shared/log.ts'
import { readAttributionSettings } from '../../shared/operations/settings/attribution.ts'
import { isStopping, sliceDeadline } from '../../shared/serve.ts'
import { type Brand, holdBrand } from './brand.ts'
import { loadCampaigns } from './campaigns.ts'
import { convertOrders } from './convert.ts'
import { saveCredits } from './credits.ts'
import { refreshFirstOrders } from './customers.ts'
import { finishDays, takeDays } from './days.ts'
import { fitFirst, fitToday } from './fit.ts'
import { loadFits } from './fits.ts'
import { loadOrders } from './orders.ts'
import { rebuildDays } from './performance.ts'
import { putOff, takeStale } from './stale.ts'

/** 'more': a chunk was done. 'wait': the brand, or every day that is left, is in somebody else's hands. 'none': nothing is left. */
type Outcome = 'more' | 'wait' | 'none'

const WAIT_MS = 5_000
const MAX_DAYS_PER_EVENT = 400

/**
 * Credits the orders of the brand's touched days, then rebuilds the read model of every day that this changes, chunk by
 * chunk, each one transaction. What is left when the slice ends is a continuation. Throws DB_UNAVAILABLE, for redelivery.
 */
export async function attributeBrand(event: ReceivedEvent<'rows.synced'>): Promise<void> {
  const { brand_id } = event.data
  const deadline = sliceDeadline()
  for (;;) {
    const outcome = await transaction((db) => attributeChunk(db, brand_id))
    if (outcome === 'none') return
    if (outcome === 'wait') return log('INFO', 'The brand is being attributed; looking again soon.', { brand_id })
    if (Date.now() >= deadline || isStopping()) return continueNow(event)
  }
}

async function attributeChunk(db: Db, brandId: string): Promise<Outcome> {
  const brand = await holdBrand(db, brandId)
  if (brand === 'gone') return 'none'
  const days = brand === 'busy' ? brand : await takeDays(db, brand)
  if (brand === 'busy' || days === 'busy') {
    await lookAgain(db, brandId)
    return 'wait'
  }
  if (days === 'none') return (await fitFirst(db, brand)) || (await rebuildStale(db, brand)) ? 'more' : 'none'
  await attributeDays(db, brand, days)
  return 'more'
}

async function attributeDays(db: Db, brand: Brand, taken: readonly string[]): Promise<void> {
  await fitToday(db, brand)
  const firsts = await refreshFirstOrders(db, brand, taken)
  const loaded = await loadOrders(db, brand, { days: taken, firsts })
  const credits = await creditsFor(db, brand, loaded.orders)
  const credited = await saveCredits(db, brand, { orderIds: loaded.orderIds, credits })
  const affected = [...new Set([...taken, ...loaded.days, ...credited])].sort()
  const { now, later } = await finishDays(db, brand, { taken, affected })
  await putOff(db, brand, { now, later })
  if (now.length > 0) await makeFigures(db, brand, now)
}

/** Whether there were any. */
async function rebuildStale(db: Db, brand: Brand): Promise<boolean> {
  const days = await takeStale(db, brand)
  if (days.length > 0) await makeFigures(db, brand, days)
  return days.length > 0
}

async function makeFigures(db: Db, brand: Brand, days: readonly string[]): Promise<void> {
  await rebuildDays(db, brand, days)
  await bumpDataVersion(db, brand.brand_id)
  await announce(db, brand, days)
}

async function creditsFor(db: Db, brand: Brand, loaded: readonly Order[]): Promise<Credit[]> {
  const [find, effectsOn, orders, settings] = await Promise.all([
    loadCampaigns(db, brand, loaded),
    loadFits(db, brand, loaded),
    convertOrders(db, brand, loaded),
    readAttributionSettings(db, brand.brand_id),
  ])
  return orders.flatMap((order) =>
    creditsOf(order, { ...settings, models: MODELS, find, effects: effectsOn(order.day) }),
  )
}

async function announce(db: Db, { brand_id }: Brand, days: readonly string[]): Promise<void> {
  for (let from = 0; from < days.length; from += MAX_DAYS_PER_EVENT) {
    const data = { brand_id, days: days.slice(from, from + MAX_DAYS_PER_EVENT) }
    await record(db, 'orders.attributed', { data })
    await record(db, 'performance.updated', { data })
  }
}

/** All who find the brand busy within five seconds share one continuation, which comes after the last of them. */
async function lookAgain(db: Db, brand_id: string): Promise<void> {
  const at = new Date((Math.floor(clock.now().getTime() / WAIT_MS) + 2) * WAIT_MS)
  await record(db, 'rows.synced', { data: { brand_id }, at, key: `${brand_id}:${at.toISOString()}` })
}

async function continueNow(event: ReceivedEvent<'rows.synced'>): Promise<void> {
  await transaction((db) => record(db, 'rows.synced', { data: event.data, key: `${event.id}:continued` }))
}

import { addPath, emptyChain, type WeightedPath } from '../../shared/attribution/chain.ts'
import { linear } from '../../shared/attribution/linear.ts'
import { MARKOV_VERSION, markov } from '../../shared/attribution/markov.ts'
import { channelOf, type Earner } from '../../shared/attribution/match.ts'
import { removalEffects } from '../../shared/attribution/removal-effects.ts'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import { touchDays } from '../../shared/db/touched-days.ts'
import type { Db } from '../../shared/db/transaction.ts'
import { dayIn } from '../../shared/units.ts'
import type { Brand } from './brand.ts'

const FIT_DAYS = 90
/** Yesterday is left out: the shop may still be working on its journeys. */
const REST_DAYS = 1

type Known = { first: string | null; newest: string | null }

/** Makes today's fit, once, for a brand that has older ones. Before the day's first credits: what follows is made with it. */
export async function fitToday(db: Db, brand: Brand): Promise<void> {
  const today = dayIn(brand.time_zone, clock.now())
  const { newest } = await knownFits(db, brand)
  if (newest !== null && newest < today) await makeFit(db, brand, today)
}

/**
 * Makes the first fit once nothing is left to credit, and makes it anew all through its first day, while history is still
 * coming in: all older orders go by it. Returns whether days were put on the list: those of orders that it splits.
 */
export async function fitFirst(db: Db, brand: Brand): Promise<boolean> {
  const today = dayIn(brand.time_zone, clock.now())
  const { first } = await knownFits(db, brand)
  if (first !== null && first !== today) return false
  if (!(await makeFit(db, brand, today))) return false
  const { tenant_id, brand_id } = brand
  const days = await db.query<{ day: string }>(sql`
    select distinct order_ledger_day as day from order_credits
    where tenant_id = ${tenant_id} and brand_id = ${brand_id} and entry = 'sale' and position > 1`)
  const touched = days.map(({ day }) => day)
  await touchDays(db, brand_id, touched)
  return touched.length > 0
}

async function knownFits(db: Db, { tenant_id, brand_id }: Brand): Promise<Known> {
  const known = await db.one<Known>(sql`
    select min(fitted_on) as first, max(fitted_on) as newest from attribution_fits
    where tenant_id = ${tenant_id} and brand_id = ${brand_id} and model = ${markov.name}`)
  return known ?? { first: null, newest: null }
}

/** Whether the fit of today is another than before; without journeys to learn from there is none. */
async function makeFit(db: Db, brand: Brand, today: string): Promise<boolean> {
  const paths = await pathsBefore(db, brand, today)
  const changed = await (paths.length > 0 ? saveFit(db, brand, { today, paths }) : removeFit(db, brand, today))
  return changed.length > 0
}

const removeFit = (db: Db, { tenant_id, brand_id }: Brand, today: string): Promise<unknown[]> =>
  db.query(sql`
    delete from attribution_fits
    where tenant_id = ${tenant_id} and brand_id = ${brand_id} and model = ${markov.name} and fitted_on = ${today}
    returning fitted_on`)

async function saveFit(
  db: Db,
  { tenant_id, brand_id }: Brand,
  { today, paths }: { today: string; paths: readonly WeightedPath[] },
): Promise<unknown[]> {
  const chain = emptyChain()
  for (const path of paths) addPath(chain, path)
  const effects = JSON.stringify(Object.fromEntries(removalEffects(chain)))
  const conversions = paths.reduce((sum, path) => sum + path.conversions, 0)
  return db.query(sql`
    insert into attribution_fits as f (tenant_id, brand_id, model, fitted_on, model_version, effects, paths, conversions, null_paths)
    values (${tenant_id}, ${brand_id}, ${markov.name}, ${today}, ${MARKOV_VERSION}, ${effects}, ${paths.length}, ${conversions}, 0)
    on conflict (tenant_id, brand_id, model, fitted_on) do update set model_version = excluded.model_version,
      effects = excluded.effects, paths = excluded.paths, conversions = excluded.conversions
    where (f.model_version, f.effects, f.paths, f.conversions)
      is distinct from (excluded.model_version, excluded.effects, excluded.paths, excluded.conversions)
    returning fitted_on`)
}

/**
 * The journeys of the orders of 90 days, in a fixed order, so that sums come out the same to the last bit. Read from the
 * credits, where every touch has its channel: those of the linear model leave none out.
 */
async function pathsBefore(db: Db, { tenant_id, brand_id }: Brand, today: string): Promise<WeightedPath[]> {
  const own = sql`tenant_id = ${tenant_id} and brand_id = ${brand_id}`
  const rows = await db.query<{ path: [Earner['bucket'], string, string][]; conversions: bigint }>(sql`
    select path, count(*) as conversions from (
      select jsonb_agg(jsonb_build_array(bucket, provider, campaign_id) order by position) as path
      from order_attributions
      where ${own} and order_ledger_day >= ${today}::date - ${FIT_DAYS + REST_DAYS}::integer and order_ledger_day < ${today}::date - ${REST_DAYS}::integer
        and model = ${linear.name} and entry = 'sale' and position > 0
        and exists (select from touchpoints where ${own})
      group by order_id
    ) journeys group by path order by path`)
  return rows.map(({ path, conversions }) => ({
    channels: path.map(([bucket, provider, campaign_id]) => channelOf({ bucket, provider, campaign_id })),
    conversions: Number(conversions),
    nulls: 0,
  }))
}

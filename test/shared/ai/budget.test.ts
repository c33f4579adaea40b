import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, it } from 'vitest'
import { reserve, settle } from '../../../shared/ai/budget.ts'
import { costOf, priceOf, readPrices } from '../../../shared/ai/prices.ts'
import { NOTHING_USED } from '../../../shared/ai/usage.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
let tenantId: string

beforeAll(async () => {
  tenantId = (await createTenant('acme')).tenantId
})

const as = <T>(work: () => Promise<T>): Promise<T> => asSystem(tenantId, work)
const facts = async (type: string) =>
  (
    await database.asAdmin<{ level: string }>(
      `select metadata ->> 'level' as level from observability_events where event_type = $1 order by "timestamp"`,
      [type],
    )
  ).map(({ level }) => level)

describe('a budget', () => {
  it('is reserved by calls at the same time to its last cent and no further, and settled once', async () => {
    const calls = Array.from({ length: 10 }, () => uuidv7())
    const allowed = await as(() => Promise.all(calls.map((callId) => reserve({ callId, usd: '0.3', limitUsd: '1' }))))
    expect(allowed.filter(Boolean).length).toBe(3)
    expect(await facts('ai.budget_reached')).toEqual(['stop'])
    const reserved = calls.filter((_, at) => allowed[at])
    const settleAll = async (costUsd: string) => {
      const settled: boolean[] = []
      for (const callId of reserved)
        settled.push(await as(() => transaction((db) => settle(db, { callId, costUsd, limitUsd: '1' }))))
      return settled
    }
    expect(await settleAll('0.28')).toEqual([true, true, true])
    expect(await settleAll('0.28')).toEqual([false, false, false])
    const rows = await database.asAdmin(
      'select trim_scale(spent_usd)::text as spent, trim_scale(reserved_usd)::text as reserved from ai_budgets where warned_at is not null and stopped_at is not null',
    )
    expect(rows).toEqual([{ spent: '0.84', reserved: '0' }])
    expect(await facts('ai.budget_reached')).toEqual(['stop', 'warning'])
  })

  it('counts the whole reservation where the cost is unknown', async () => {
    const callId = uuidv7()
    await as(() => reserve({ callId, usd: '0.1', limitUsd: '1' }))
    await as(() => transaction((db) => settle(db, { callId, costUsd: null, limitUsd: '1' })))
    const [row] = await database.asAdmin('select trim_scale(spent_usd)::text as spent from ai_budgets')
    expect(row).toEqual({ spent: '0.94' })
  })

  it('is left to others by calls that may fill a part of it, without a word', async () => {
    const other = (await createTenant('other')).tenantId
    const ask = (usd: string, share: number) =>
      asSystem(other, () => reserve({ callId: uuidv7(), usd, limitUsd: '1', share }))
    const told = (await facts('ai.budget_reached')).length
    expect([await ask('0.4', 0.5), await ask('0.2', 0.5), await ask('0.2', 1)]).toEqual([true, false, true])
    expect((await facts('ai.budget_reached')).length).toBe(told)
  })

  it('of all tenants together is told once a day when it is passed', async () => {
    for (const usd of ['999', '2', '3']) {
      const callId = uuidv7()
      await as(() => reserve({ callId, usd, limitUsd: '9999' }))
      await as(() => transaction((db) => settle(db, { callId, costUsd: usd, limitUsd: '9999' })))
    }
    const told = await database.asAdmin(
      "select metadata ->> 'limit_usd' as limit from observability_events where event_type = 'ai.cost_reached'",
    )
    expect(told).toEqual([{ limit: '1000' }])
  })
})

describe('a price', () => {
  const usage = { input: 1_000_000, cacheWrite5m: 1_000_000, cacheWrite1h: 0, cacheRead: 10_000_000, output: 100_000 }
  const price = async (model: string, used = usage) => priceOf(await as(() => transaction(readPrices)), model, used)

  it('is the band’s of the prompt with what the cache holds, and counts each kind of token', async () => {
    const small = { ...NOTHING_USED, input: 60_000, cacheRead: 40_000, output: 1_000 }
    const [low, high] = [
      await price('claude-haiku-5-5', small),
      await price('claude-haiku-5-5', { ...small, cacheRead: 40_001 }),
    ]
    expect([low?.input, high?.input]).toEqual(['0.10', '0.50'])
    const sonnet = await price('claude-sonnet-5-5')
    // 2 + 2.50 + 10 × 0.10 + 0.1 × 10
    expect(sonnet && costOf(usage, sonnet)).toEqual({ input: '2', cache: '3.5', output: '1', total: '6.5' })
  })

  it('is known of a dated version, and unknown of a model that nobody priced', async () => {
    expect((await price('claude-haiku-4-5-20251001'))?.output).toBe('5')
    expect(await price('claude-mythos-5-2')).toBeNull()
  })
})

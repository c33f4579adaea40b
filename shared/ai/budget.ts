import { clock } from '../clock.ts'
import { config } from '../config.ts'
import { sql } from '../db/sql.ts'
import { type Db, inOneTrip, transaction } from '../db/transaction.ts'
import { record } from '../events/record.ts'
import { actor, PLATFORM_TENANT_ID, runAs, systemActor } from '../tenant.ts'

const WARN_AT = 0.8

/** `limitUsd` a calendar month (UTC), a decimal; `share`: how far of it this call may fill it. */
export type Reservation = { callId: string; usd: string; limitUsd: string; share?: number }

const monthNow = (): string => `${clock.now().toISOString().slice(0, 7)}-01`

/**
 * Sets aside what a call may cost at most. False when the budget, or this call's share of it, does not have as much left: what
 * is spent, and what other calls under way may cost. Of the whole budget a fact tells, the first time in the month.
 */
export async function reserve({ callId, usd, limitUsd, share = 1 }: Reservation): Promise<boolean> {
  const { tenantId } = actor()
  const month = monthNow()
  const reserved = await inOneTrip(sql`
    with budget as (
      insert into ai_budgets as b (tenant_id, month, reserved_usd)
      select ${tenantId}::uuid, ${month}::date, ${usd}::numeric where ${usd}::numeric <= ${limitUsd}::numeric * ${share}::numeric
      on conflict (tenant_id, month) do update set reserved_usd = b.reserved_usd + excluded.reserved_usd
        where b.spent_usd + b.reserved_usd + excluded.reserved_usd <= ${limitUsd}::numeric * ${share}::numeric
      returning tenant_id, month)
    insert into ai_reservations (tenant_id, call_id, month, usd, made_at)
    select tenant_id, ${callId}::uuid, month, ${usd}::numeric, ${clock.now()}::timestamptz from budget returning call_id`)
  if (reserved.length > 0) return true
  if (share === 1) await transaction((db) => tell(db, { month, level: 'stop', limitUsd }))
  return false
}

type Settlement = { callId: string; costUsd: string | null; limitUsd: string }

/**
 * In the transaction that records the call: the reservation becomes what the call did cost; all of it where that is unknown.
 * False when it was settled before, and then nothing is charged again.
 */
export async function settle(db: Db, { callId, costUsd, limitUsd }: Settlement): Promise<boolean> {
  const { tenantId } = actor()
  const settled = await db.one<{ month: string; is_near: boolean; is_over: boolean }>(sql`
    with gone as (delete from ai_reservations where tenant_id = ${tenantId} and call_id = ${callId} returning month, usd)
    update ai_budgets b set reserved_usd = b.reserved_usd - gone.usd, spent_usd = b.spent_usd + coalesce(${costUsd}::numeric, gone.usd)
    from gone where b.tenant_id = ${tenantId} and b.month = gone.month
    returning b.month, b.spent_usd >= ${limitUsd}::numeric * ${WARN_AT} as is_near, b.spent_usd >= ${limitUsd}::numeric as is_over`)
  if (!settled) return false
  if (settled.is_near) await tell(db, { month: settled.month, level: 'warning', limitUsd })
  if (settled.is_over) await tell(db, { month: settled.month, level: 'stop', limitUsd })
  if (costUsd !== null && costUsd !== '0') db.afterCommit(() => countForPlatform(costUsd))
  return true
}

type Reached = { month: string; level: 'warning' | 'stop'; limitUsd: string }

/** Once a month and level. */
async function tell(db: Db, { month, level, limitUsd }: Reached): Promise<void> {
  const told = await db.one<{ spent_usd: string }>(sql`
    insert into ai_budgets as b (tenant_id, month, warned_at, stopped_at)
    values (${actor().tenantId}, ${month}::date, ${at(level, 'warning')}::timestamptz, ${at(level, 'stop')}::timestamptz)
    on conflict (tenant_id, month) do update set
      warned_at = coalesce(b.warned_at, excluded.warned_at), stopped_at = coalesce(b.stopped_at, excluded.stopped_at)
      where case when ${level}::text = 'stop' then b.stopped_at else b.warned_at end is null
    returning trim_scale(spent_usd)::text as spent_usd`)
  if (!told) return
  const data = { month, level, spent_usd: told.spent_usd, limit_usd: limitUsd }
  await record(db, 'ai.budget_reached', { data, key: `${month}:${level}` })
}

const at = (level: Reached['level'], wanted: Reached['level']): Date | null => (level === wanted ? clock.now() : null)

const PARTS = 16

/** Adds to what all tenants cost today; operators are told once a day when it passes their limit. */
async function countForPlatform(costUsd: string): Promise<void> {
  const day = clock.now().toISOString().slice(0, 10)
  const limit = config('AI_COST_ALERT_PER_DAY')
  await runAs(systemActor(PLATFORM_TENANT_ID, 'ai-cost', actor().requestId), async () => {
    // The sum does not see what the same statement adds: that is added to it.
    const [total] = await inOneTrip<{ cost_usd: string; is_over: boolean }>(sql`
      with added as (
        insert into ai_platform_cost as c (tenant_id, day, part, cost_usd)
        values (${PLATFORM_TENANT_ID}, ${day}::date, ${Math.floor(Math.random() * PARTS)}, ${costUsd}::numeric)
        on conflict (tenant_id, day, part) do update set cost_usd = c.cost_usd + excluded.cost_usd)
      select trim_scale(cost_usd)::text as cost_usd, cost_usd > ${limit}::numeric as is_over
      from (select coalesce(sum(cost_usd), 0) + ${costUsd}::numeric as cost_usd from ai_platform_cost
        where tenant_id = ${PLATFORM_TENANT_ID} and day = ${day}::date) as day`)
    if (!total?.is_over) return
    const data = { day, cost_usd: total.cost_usd, limit_usd: String(limit) }
    await transaction((db) => record(db, 'ai.cost_reached', { data, key: day }))
  })
}

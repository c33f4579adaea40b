import { sql } from '../../shared/db/sql.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import type { Handlers } from '../../shared/events/on-event.ts'
import { clearAlert, raiseAlert } from './alerts.ts'
import type { Rule, Verdict } from './rule.ts'
import { RULES } from './rules.ts'

/** The events that some rule listens to; all rules judge an event in one transaction. */
export const handlers: Handlers = Object.fromEntries(
  RULES.flatMap((rule) => Object.keys(rule.on)).map((type) => [type, evaluate]),
)

async function evaluate(event: ReceivedEvent): Promise<void> {
  await transaction(async (db) => {
    // One judgement of a tenant at a time: else a failure could be judged beside the success that clears it, and stay.
    await db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`alerts:${event.tenantId}`}, 0))`)
    for (const rule of RULES) {
      for (const verdict of await judge(db, rule, event)) await apply(db, verdict, { rule: rule.rule, event })
    }
  })
}

type Judgement = (db: Db, event: ReceivedEvent) => Promise<readonly Verdict[]>

async function judge(db: Db, rule: Rule, event: ReceivedEvent): Promise<readonly Verdict[]> {
  const judgement = rule.on[event.type] as Judgement | undefined // keyed by the same type
  return judgement ? judgement(db, event) : []
}

const apply = (db: Db, verdict: Verdict, source: { rule: string; event: ReceivedEvent }): Promise<void> =>
  'raise' in verdict ? raiseAlert(db, verdict, source) : clearAlert(db, verdict.clear)

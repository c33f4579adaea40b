import { type RuleSettings, readRules, speaks } from '../../shared/alerts/settings.ts'
import { sql } from '../../shared/db/sql.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import type { Handlers } from '../../shared/events/on-event.ts'
import { clearAlert, raiseAlert } from './alerts.ts'
import { escalate } from './escalate.ts'
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
    const settings = await readRules(db)
    for (const rule of RULES) {
      const verdicts = await judge(db, { rule, event, settings: settings.get(rule.rule) })
      for (const verdict of verdicts) await apply(db, verdict, { rule: rule.rule, event })
    }
    await escalate(db, settings)
  })
}

type Judgement = (db: Db, event: ReceivedEvent, settings: RuleSettings) => Promise<readonly Verdict[]>
type Case = { rule: Rule; event: ReceivedEvent; settings: RuleSettings | undefined }

/** A rule that is off or muted raises nothing; what it raised before is still cleared when the cause is gone. */
async function judge(db: Db, { rule, event, settings }: Case): Promise<readonly Verdict[]> {
  const judgement = rule.on[event.type] as Judgement | undefined // keyed by the same type
  if (!judgement || !settings) return []
  const verdicts = await judgement(db, event, settings)
  return speaks(settings) ? verdicts : verdicts.filter((verdict) => 'clear' in verdict)
}

const apply = (db: Db, verdict: Verdict, source: { rule: Rule['rule']; event: ReceivedEvent }): Promise<void> =>
  'raise' in verdict ? raiseAlert(db, verdict, source) : clearAlert(db, verdict.clear)

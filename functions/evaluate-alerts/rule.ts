import type { RuleName } from '../../shared/alerts/rules.ts'
import type { RuleSettings } from '../../shared/alerts/settings.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { EventType, ReceivedEvent } from '../../shared/events/catalog.ts'

/** `cause` is what is wrong, as a key: it has at most one alert that is not resolved. */
export type Raise = {
  raise: string
  brandId: string | null
  title: string
  /** What happened, what it means, what to do. */
  message: string
  details: Readonly<Record<string, unknown>>
  /** Given where an alert gathers what joins it later: the day that is judged. A later judgement brings the open alert's text up to date; nobody is told again. */
  asOf?: string
}
/** The cause that is gone. */
export type Clear = { clear: string }
export type Verdict = Raise | Clear

/**
 * What is watched for: by event type, what the event means for the alerts. Judged in a transaction that no other judgement
 * of this tenant runs beside. Events come twice and in any order, so a judgement looks at what is true now.
 */
export type Rule = {
  /** What it means, how severe it is and its threshold stand in shared/alerts/rules.ts. */
  rule: RuleName
  on: {
    readonly [T in EventType]?: (db: Db, event: ReceivedEvent<T>, settings: RuleSettings) => Promise<readonly Verdict[]>
  }
}

import type { Channel as ChannelName, Severity } from '../../shared/alerts/rules.ts'
import type { Db } from '../../shared/db/transaction.ts'

/** An alert with what a reader must know about its owner. */
export type Alert = {
  alert_id: string
  company_name: string
  brand_name: string | null
  rule: string
  severity: Severity
  status: 'open' | 'acknowledged' | 'resolved'
  title: string
  message: string
  /** What it means and what to do, by whoever wrote it up to now. */
  explanation: { text: string; written_by: 'template' | 'claude'; written_at: string | null }
  raised_at: Date
  /** null: it is told for the first time. */
  escalated_at: Date | null
}

/** A way to reach people outside the dashboard. */
export type Channel = {
  name: ChannelName
  /** Whether anybody of the actor's tenant is there to be told; where nobody is, nothing is sent or noted. */
  isHeard: (db: Db) => Promise<boolean>
  /** Sends one message, known by `messageId`; the HTTP status answered, if there is one. Throws what `retry` says is worth another delivery, or is not; PROVIDER_RATE_LIMITED when told to wait. */
  send: (alert: Alert, messageId: string) => Promise<number | null>
}

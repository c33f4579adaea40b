import type { Channel as ChannelName, Severity } from '../../shared/alerts/rules.ts'

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
  raised_at: Date
}

/** A way to reach people outside the dashboard. */
export type Channel = {
  name: ChannelName
  /** Sends one message. Throws what `retry` says is worth another delivery, or is not; PROVIDER_RATE_LIMITED when told to wait. */
  send: (alert: Alert) => Promise<void>
}

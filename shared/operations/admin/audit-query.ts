export type AuditQuery = {
  from: Date
  /** Exclusive; null: no end. */
  to: Date | null
  /** Timestamp and id of the last entry shown. */
  after: readonly [string, string] | null
  limit: number
  user_id?: string | undefined
  api_key?: string | undefined
  brand_id?: string | undefined
  event_type?: string | undefined
  text?: string | undefined
}

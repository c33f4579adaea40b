import { asUnavailable, ownDataset } from './dataset.ts'
import { isStreaming, NOT_FOUND, statusOf } from './google-error.ts'

/** Of an event's metadata: what a person has typed, and what their browser was known by. */
export const PERSONAL_KEYS = ['question', 'reason', 'client_session_id'] as const

const said = (key: string): string => `json_value(metadata, '$.${key}')`
/** Only rows that still hold something, so that others which have just arrived do not refuse it. */
const SQL = `
  update observability_events
  set session_id = null, metadata = ${PERSONAL_KEYS.reduce((rest, key) => `json_remove(${rest}, '$.${key}')`, 'metadata')}
  where user_id = @user_id
    and (session_id is not null or ${PERSONAL_KEYS.map((key) => `${said(key)} is not null`).join(' or ')})`

/**
 * Clears what is personal in the events of one of the actor's tenant; the id stays, as the pseudonym that the audit keeps.
 * False, and nothing is changed, while BigQuery still has such a row in its streaming buffer. Throws UNAVAILABLE.
 */
export async function eraseUser(tenantId: string, userId: string): Promise<boolean> {
  const dataset = await ownDataset(tenantId)
  try {
    await dataset.query({ query: SQL, params: { user_id: userId } })
    return true
  } catch (error) {
    if (isStreaming(error)) return false
    // What is not there holds nothing.
    if (statusOf(error) === NOT_FOUND) return true
    throw asUnavailable(error)
  }
}

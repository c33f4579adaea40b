import type { LoginCandidate } from '../../db/resolve.ts'

/** Companies that one e-mail is tried against without tenant_id. */
const MOST = 10

/**
 * Anybody may found companies under anybody's e-mail, and every password check is slow on purpose: the users that are there
 * longest (ids rise with time) are looked at, so that later ones can neither shut them out nor cost without end.
 */
export const oldestFirst = (users: readonly LoginCandidate[]): LoginCandidate[] =>
  users.toSorted((one, other) => (one.user_id < other.user_id ? -1 : 1)).slice(0, MOST)

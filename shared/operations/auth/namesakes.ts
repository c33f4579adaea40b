import type { LoginCandidate } from '../../db/resolve.ts'

/** Companies that one e-mail is tried against without tenant_id. */
const MOST = 10
/** Of these, companies founded under an e-mail that nobody has answered from. */
const MOST_UNVERIFIED = 3

/**
 * Anybody may found companies under anybody's e-mail, and every password check is slow on purpose: those who have answered
 * a letter come first, so that nobody can shut them out, and of the others the oldest few are looked at.
 */
export function lookedAt(users: readonly LoginCandidate[]): LoginCandidate[] {
  const verified = users.filter((user) => user.is_verified)
  const others = users.filter((user) => !user.is_verified)
  return [...verified.slice(0, MOST), ...others.slice(0, MOST_UNVERIFIED)]
}

/** One e-mail cannot found company after company before somebody answers from it. */
export const hasFoundedEnough = (users: readonly LoginCandidate[]): boolean =>
  users.filter((user) => !user.is_verified).length >= MOST_UNVERIFIED

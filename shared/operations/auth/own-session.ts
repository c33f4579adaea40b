import { AppError } from '../../errors.ts'
import { actor } from '../../tenant.ts'

/** The signed-in person and their session. Throws FORBIDDEN for an API key, which has neither. */
export function ownSession(): { tenantId: string; userId: string; sessionId: string } {
  const { tenantId, userId, sessionId } = actor()
  if (userId !== null && sessionId !== null) return { tenantId, userId, sessionId }
  throw new AppError('FORBIDDEN', 'This is for people: sign in with e-mail and password; an API key has no session.')
}

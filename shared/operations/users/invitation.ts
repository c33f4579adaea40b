import { requestLetter } from '../../auth/letters.ts'
import { newOneTimeToken } from '../../auth/one-time-token.ts'
import { config } from '../../config.ts'
import type { Db } from '../../db/transaction.ts'

const LIVES_MS = 7 * 86_400_000

/** A letter with a link that is good once, for seven days. The token stands behind #, so that no server logs it. */
export async function sendInvitation(db: Db, userId: string): Promise<void> {
  const token = await newOneTimeToken(db, { userId, purpose: 'invitation', livesMs: LIVES_MS })
  await requestLetter(db, { userId, template: 'invitation', link: `${config('DASHBOARD_URL')}/invitation#${token}` })
}

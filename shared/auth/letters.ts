import { v7 as uuidv7 } from 'uuid'
import { encrypt } from '../crypto.ts'
import { tenantKeys } from '../db/tenant-keys.ts'
import type { Db } from '../db/transaction.ts'
import type { EventData } from '../events/catalog.ts'
import { record } from '../events/record.ts'
import { actor } from '../tenant.ts'

type Letter = {
  userId: string
  template: EventData<'mail.requested'>['template']
  /** With its token, so it travels encrypted; null for a letter without a link. */
  link: string | null
}

/** Has a letter sent to a user of the actor's tenant once the transaction is committed. Throws CRYPTO_REFUSED without a tenant key. */
export async function requestLetter(db: Db, { userId, template, link }: Letter): Promise<void> {
  const mailId = uuidv7()
  const link_encrypted =
    link === null ? null : await encrypt(await tenantKeys(db), Buffer.from(link), linkBinding(mailId))
  await record(db, 'mail.requested', { data: { mail_id: mailId, user_id: userId, template, link_encrypted } })
}

/** What the link of a letter is bound to; its reader needs the same. */
export const linkBinding = (mailId: string) => ({ tenantId: actor().tenantId, subject: mailId, field: 'link' })

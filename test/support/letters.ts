import * as z from 'zod'
import { linkBinding } from '../../shared/auth/letters.ts'
import { decrypt } from '../../shared/crypto.ts'
import { tenantKeys } from '../../shared/db/tenant-keys.ts'
import { transaction } from '../../shared/db/transaction.ts'
import type { useCloud } from './cloud.ts'
import { pulled } from './pulled.ts'
import { asSystem } from './tenants.ts'

const Mail = z.object({ mail_id: z.string(), user_id: z.string(), link_encrypted: z.string().nullable() })

/** The letters asked for on the file's local cloud from listen() on. */
export function letters(cloud: ReturnType<typeof useCloud>) {
  const { listen, of } = pulled(cloud, 'mail.requested')
  return {
    listen,
    /** The links to a user, oldest first. */
    linksTo: async ({ tenantId, userId }: { tenantId: string; userId: string }): Promise<string[]> => {
      const mails = (await of({ tenantId })).map((data) => Mail.parse(data)).filter((mail) => mail.user_id === userId)
      const ring = await asSystem(tenantId, () => transaction((db) => tenantKeys(db)))
      const open = ({ mail_id, link_encrypted }: z.output<typeof Mail>) =>
        asSystem(tenantId, () => decrypt(ring, link_encrypted ?? '', linkBinding(mail_id)))
      const opened = await Promise.all(mails.filter((mail) => mail.link_encrypted !== null).map(open))
      return opened.map((link) => Buffer.from(link).toString())
    },
  }
}

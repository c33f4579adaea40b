import { v5 as uuidv5 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { actor } from '../../../shared/tenant.ts'
import type { Channel } from '../channel.ts'

/** A letter to everybody who may act on it; send-mail sends each once. */
export const email: Channel = {
  name: 'email',
  send: (alert, messageId) =>
    transaction(async (db) => {
      const readers = await db.query<{ user_id: string }>(sql`
        select user_id from users where tenant_id = ${actor().tenantId} and is_active and role in ('admin', 'manager') order by user_id`)
      for (const { user_id } of readers) {
        const mailId = uuidv5(user_id, messageId)
        const data = {
          mail_id: mailId,
          user_id,
          template: 'alert',
          link_encrypted: null,
          alert_id: alert.alert_id,
        } as const
        await record(db, 'mail.requested', { data, key: mailId })
      }
      return null
    }),
}

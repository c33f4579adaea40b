import { v5 as uuidv5 } from 'uuid'
import { sql } from '../../../shared/db/sql.ts'
import { type Db, transaction } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { actor } from '../../../shared/tenant.ts'
import type { Channel } from '../channel.ts'

/** A letter to everybody who may act on it; send-mail sends each once. */
export const email: Channel = {
  name: 'email',
  isHeard: async (db) => (await readReaders(db)).length > 0,
  send: (alert, messageId) =>
    transaction(async (db) => {
      for (const { user_id } of await readReaders(db)) {
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

const readReaders = (db: Db): Promise<{ user_id: string }[]> =>
  db.query(sql`
    select user_id from users where tenant_id = ${actor().tenantId} and is_active and role in ('admin', 'manager') order by user_id`)

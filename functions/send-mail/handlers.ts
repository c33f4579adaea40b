import { linkBinding } from '../../shared/auth/letters.ts'
import { decrypt } from '../../shared/crypto.ts'
import { sql } from '../../shared/db/sql.ts'
import { tenantKeys } from '../../shared/db/tenant-keys.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { EventData, ReceivedEvent } from '../../shared/events/catalog.ts'
import { deliverOnce } from '../../shared/events/deliver-once.ts'
import type { Handlers } from '../../shared/events/on-event.ts'
import { log } from '../../shared/log.ts'
import { explainedWhere } from '../../shared/operations/insights/explanation.ts'
import { type Reader, render } from './letter.ts'
import { sendBySmtp } from './smtp.ts'
import { TEMPLATES } from './templates.ts'

export const handlers: Handlers = { 'mail.requested': sendMail }

/** Sends the letter once. Throws the failure that is worth a retry. */
async function sendMail({ tenantId, data }: ReceivedEvent<'mail.requested'>): Promise<void> {
  const { reader, link } = await transaction(async (db) => ({
    reader: await db.one<Reader>(sql`
      select u.email, t.company_name, case when a.alert_id is not null then
          jsonb_build_object('title', a.title, 'message', a.message, 'severity', a.severity, 'status', a.status, 'rule', a.rule,
            'explained', ${explainedWhere(sql`i.tenant_id = a.tenant_id and i.alert_id = a.alert_id`)}) end as alert
      from users u
        join tenants t on t.id = u.tenant_id
        left join alerts a on a.tenant_id = u.tenant_id and a.alert_id = ${data.alert_id ?? null}::uuid
      where u.tenant_id = ${tenantId} and u.user_id = ${data.user_id}`),
    link: await openLink(db, data),
  }))
  if (!reader) return log('NOTICE', 'The user is gone; no letter is sent.', { mail_id: data.mail_id })
  const letter = render(TEMPLATES[data.template](reader, link))
  const failure = await deliverOnce({ channel: 'mail', subjectId: data.mail_id }, async () => {
    await sendBySmtp({ id: data.mail_id, to: reader.email, ...letter })
    return null
  })
  if (failure?.retry) throw failure
}

async function openLink(db: Db, { mail_id, link_encrypted }: EventData<'mail.requested'>): Promise<string | null> {
  if (link_encrypted === null) return null
  return Buffer.from(await decrypt(await tenantKeys(db), link_encrypted, linkBinding(mail_id))).toString('utf8')
}

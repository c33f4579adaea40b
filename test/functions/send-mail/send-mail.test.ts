import { afterAll, expect, test } from 'vitest'
import { handlers } from '../../../functions/send-mail/handlers.ts'
import { requestLetter } from '../../../shared/auth/letters.ts'
import { sql } from '../../../shared/db/sql.ts'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import type { EventData } from '../../../shared/events/catalog.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { useMail } from '../../support/mail.ts'
import { createPerson } from '../../support/people.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'
import { type Delivery, deliverEightfold, deliverTo, delivery, setClock } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
useCloud()
const mail = useMail()
const deliver = deliverTo('send-mail', handlers)
const LINK = 'https://pulsepoint.example/reset-password#token=pp_a_b_secret'
afterAll(() => setClock(new Date()))

type MailRequested = EventData<'mail.requested'>
let count = 0

/** A letter that was requested as the product does it, as Pub/Sub delivers it. */
async function requested(
  template: MailRequested['template'],
  { company = `Company ${++count}`, email = `reader${++count}@example.com` } = {},
): Promise<Delivery> {
  const { tenantId } = await createTenant(company)
  const { userId } = await createPerson(tenantId, { email })
  const row = await asSystem(tenantId, () =>
    transaction(async (db) => {
      await addTenantKey(db)
      await requestLetter(db, { userId, template, link: template === 'password_changed' ? null : LINK })
      return db.one<{ data: MailRequested }>(sql`select data from outbox where tenant_id = ${tenantId}`)
    }),
  )
  if (!row) throw new Error('no letter was requested')
  expect(JSON.stringify(row.data)).not.toMatch(/secret|pulsepoint\.example/)
  return delivery('mail.requested', { tenantId, data: row.data })
}

const logOf = async ({ tenantid }: Delivery) => {
  const rows = await database.asAdmin(
    `select status, attempts, error_message from webhook_deliveries where tenant_id = $1 and channel = 'mail'`,
    [tenantid],
  )
  return rows[0]
}

test('a letter says the same as text and as HTML, to the user alone', async () => {
  await deliver(await requested('password_reset', { company: 'Acme', email: 'ana@example.com' }))
  const [letter, ...others] = mail.mails()
  expect(others).toEqual([])
  expect(letter).toMatchObject({
    from: 'no-reply@pulsepoint.example',
    to: ['ana@example.com'],
    subject: 'Choose a new password for Pulsepoint',
    headers: { to: 'ana@example.com', 'auto-submitted': 'auto-generated' },
  })
  expect(letter?.text).toContain(
    `ana@example.com at Acme. If it was you, choose one here.\n\nChoose a new password:\n${LINK}\n\n`,
  )
  expect(letter?.html).toContain(`<a href="${LINK}"`)
})

test('eight deliveries at once, and two later, send one letter', async () => {
  const event = await requested('invitation')
  await deliverEightfold(deliver, event)
  await deliver(event)
  await deliver(event)
  expect(mail.mails()).toHaveLength(1)
  expect(await logOf(event)).toMatchObject({ status: 'sent', error_message: null })
})

test('names from people stay text: no header, no markup', async () => {
  const company = 'Evil\r\nBcc: victim@example.com\r\n\r\n<script>alert("1")</script> & Söhne’s'
  await deliver(await requested('invitation', { company }))
  const [letter] = mail.mails()
  expect(letter?.to).toHaveLength(1)
  expect(letter?.headers.bcc).toBeUndefined()
  expect(letter?.raw).not.toMatch(/^Bcc:/im)
  const shown = 'Evil Bcc: victim@example.com <script>alert("1")</script> & Söhne’s'
  expect(letter?.subject).toBe(`You are invited to ${shown} on Pulsepoint`)
  expect(letter?.text).toContain(`${shown} invites you`)
  expect(letter?.html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; Söhne’s invites you')
  expect(letter?.html).not.toContain('<script')
})

test.each([
  'a@example.com, b@example.com',
  'a@example.com\r\nbcc: b@example.com',
  'somebody <a@example.com>',
  'nobody',
])('nothing is sent to %j, which is not one address', async (email) => {
  const event = await requested('password_changed', { email })
  await deliver(event)
  expect(mail.mails()).toEqual([])
  expect(await logOf(event)).toMatchObject({ status: 'failed' })
})

test('a server that is busy is asked again by the next delivery, one that refuses is not', async () => {
  const busy = await requested('password_changed')
  mail.refuse('data', 451)
  await expect(deliver(busy)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
  await deliver(busy)
  expect(mail.mails()).toHaveLength(1)
  const unknown = await requested('password_changed')
  mail.refuse('rcpt', 550)
  await deliver(unknown)
  expect(mail.mails()).toHaveLength(1)
  const note = { status: 'failed', attempts: 1, error_message: 'The mail server refused the letter (550).' }
  expect(await logOf(unknown)).toEqual(note)
})

test('a sender that died after sending is taken over when its claim has run out; both letters are one to a mailbox', async () => {
  const event = await requested('password_reset')
  await deliver(event)
  // What a crash leaves between the server's answer and the note.
  await database.asAdmin(`update webhook_deliveries set status = 'sending' where tenant_id = $1`, [event.tenantid])
  await expect(deliver(event)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(mail.mails()).toHaveLength(1)
  setClock(new Date(Date.now() + 61_000))
  await deliver(event)
  await deliver(event)
  const ids = mail.mails().map(({ headers }) => headers['message-id'])
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(1)
})

test('a letter of another tenant cannot be opened, and one to nobody is not sent', async () => {
  const event = await requested('password_reset')
  const { tenantId } = await createTenant('stranger')
  await asSystem(tenantId, () => transaction(addTenantKey))
  await deliver({ ...event, tenantid: tenantId })
  await database.asAdmin('delete from users where tenant_id = $1', [event.tenantid])
  await deliver(event)
  expect(mail.mails()).toEqual([])
})

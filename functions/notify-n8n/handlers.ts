import { transaction } from '../../shared/db/transaction.ts'
import { deliverOnce } from '../../shared/events/deliver-once.ts'
import type { Handlers } from '../../shared/events/on-event.ts'
import { readEndpoint } from '../../shared/webhooks/endpoint.ts'
import { sendWebhook } from '../../shared/webhooks/send.ts'
import type { Notice } from './notice.ts'
import { alertRaised } from './notices/alert-raised.ts'
import { dataAvailable } from './notices/data-available.ts'
import { recommendationsReady } from './notices/recommendations-ready.ts'

/** What starts a workflow of the tenant's n8n; of other facts it hears nothing. */
export const handlers: Handlers = {
  'recommendation.generated': (event) => notify(() => recommendationsReady(event)),
  'data.sync_completed': (event) => notify(() => dataAvailable(event)),
  'alert.raised': (event) => notify(() => alertRaised(event)),
}

/** Sends the notice once, if the tenant has an n8n. Throws the failure that is worth a retry. */
async function notify(noticeOf: () => Promise<Notice | null>): Promise<void> {
  const endpoint = await transaction((db) => readEndpoint(db, 'n8n'))
  const notice = endpoint && (await noticeOf())
  if (!notice) return
  const { path, id, body } = notice
  const url = `${endpoint.url.replace(/\/+$/, '')}/${path}`
  const outgoing = { channel: 'n8n', subjectId: id }
  const failure = await deliverOnce(outgoing, () => sendWebhook({ url, key: endpoint.key, id, body }))
  if (failure?.retry) throw failure
}

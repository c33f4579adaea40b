import { transaction } from '../../../shared/db/transaction.ts'
import { AppError } from '../../../shared/errors.ts'
import { actor } from '../../../shared/tenant.ts'
import { hasEndpoint, readEndpoint } from '../../../shared/webhooks/endpoint.ts'
import { sendWebhook } from '../../../shared/webhooks/send.ts'
import type { Alert, Channel } from '../channel.ts'

/** The tenant's own address for alerts. */
export const webhook: Channel = {
  name: 'webhook',
  isHeard: (db) => hasEndpoint(db, 'alerts'),
  send: async (alert, messageId) => {
    const endpoint = await transaction((db) => readEndpoint(db, 'alerts'))
    if (!endpoint) throw new AppError('PROVIDER_REJECTED', 'The address for alerts was taken back just now.')
    return sendWebhook({ ...endpoint, id: messageId, body: alertEvent(alert) })
  },
}

/** Source: github.com/standard-webhooks/standard-webhooks, spec, "Payload structure" */
const alertEvent = (alert: Alert): object => ({
  type: alert.escalated_at === null ? 'alert.raised' : 'alert.escalated',
  timestamp: (alert.escalated_at ?? alert.raised_at).toISOString(),
  data: {
    tenant_id: actor().tenantId,
    alert_id: alert.alert_id,
    brand: alert.brand_name,
    rule: alert.rule,
    severity: alert.severity,
    status: alert.status,
    title: alert.title,
    message: alert.message,
    explanation: alert.explanation,
    raised_at: alert.raised_at.toISOString(),
  },
})

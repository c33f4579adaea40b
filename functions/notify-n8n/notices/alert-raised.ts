import type { ReceivedEvent } from '../../../shared/events/catalog.ts'
import type { Notice } from '../notice.ts'

export const alertRaised = async ({ tenantId, data }: ReceivedEvent<'alert.raised'>): Promise<Notice> => ({
  path: 'alert-raised',
  id: data.alert_id,
  body: { tenant_id: tenantId, ...data, urgent: data.severity === 'critical' },
})

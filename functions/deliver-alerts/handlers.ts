import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import type { Handlers } from '../../shared/events/on-event.ts'
import { log } from '../../shared/log.ts'
import type { Alert } from './channel.ts'
import { CHANNELS } from './channels.ts'
import { deliver } from './deliver.ts'

export const handlers: Handlers = { 'alert.raised': deliverAlert }

/** Sends the alert as it is now to every channel; one that fails does not hold up the others. Throws the failure that is worth a retry. */
async function deliverAlert({ tenantId, data }: ReceivedEvent<'alert.raised'>): Promise<void> {
  const alert = await transaction((db) =>
    db.one<Alert>(sql`
      select a.alert_id, t.company_name, b.name as brand_name, a.rule, a.severity, a.status, a.title, a.message, a.raised_at
      from alerts a
        join tenants t on t.id = a.tenant_id
        left join brands b on b.tenant_id = a.tenant_id and b.brand_id = a.brand_id
      where a.tenant_id = ${tenantId} and a.alert_id = ${data.alert_id}`),
  )
  if (!alert) return log('NOTICE', 'The alert is gone; nothing is sent.', { alert_id: data.alert_id })
  const outcomes = await Promise.all(CHANNELS.map((channel) => deliver(channel, alert)))
  const failure = outcomes.find((outcome) => outcome?.retry) ?? null
  if (failure) throw failure
}

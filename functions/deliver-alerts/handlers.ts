import { v5 as uuidv5 } from 'uuid'
import { readRules, speaks } from '../../shared/alerts/settings.ts'
import { sql } from '../../shared/db/sql.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { ReceivedEvent } from '../../shared/events/catalog.ts'
import { deliverOnce } from '../../shared/events/deliver-once.ts'
import type { Handlers } from '../../shared/events/on-event.ts'
import { log } from '../../shared/log.ts'
import { explainAlert } from '../../shared/operations/alerts/alert.ts'
import { type Explained, explainedWhere } from '../../shared/operations/insights/explanation.ts'
import { actor } from '../../shared/tenant.ts'
import type { Alert, Channel } from './channel.ts'
import { CHANNELS } from './channels.ts'

export const handlers: Handlers = { 'alert.raised': deliverAlert, 'alert.escalated': deliverAlert }

/**
 * Sends the alert as it is now to every channel of its rule that reaches anybody, unless the rule is off or muted by now;
 * a channel that fails does not hold up the others. Throws the failure that is worth a retry.
 */
async function deliverAlert({ type, data }: ReceivedEvent<'alert.raised' | 'alert.escalated'>): Promise<void> {
  const [alert, rules, heard] = await transaction((db) =>
    Promise.all([readAlert(db, data.alert_id), readRules(db), heardChannels(db)]),
  )
  if (!alert) return log('NOTICE', 'The alert is gone; nothing is sent.', { alert_id: data.alert_id })
  const rule = rules.get(alert.rule)
  if (!speaks(rule)) return log('INFO', 'The rule is off or muted; nothing is sent.', { alert_id: data.alert_id })
  const messageId = type === 'alert.raised' ? alert.alert_id : uuidv5(type, alert.alert_id)
  const outcomes = await Promise.all(
    heard
      .filter(({ name }) => rule.channels.includes(name))
      .map(({ name, send }) => deliverOnce({ channel: name, subjectId: messageId }, () => send(alert, messageId))),
  )
  const failure = outcomes.find((outcome) => outcome?.retry) ?? null
  if (failure) throw failure
}

async function heardChannels(db: Db): Promise<Channel[]> {
  const channels = Object.values(CHANNELS)
  const heard = await Promise.all(channels.map(({ isHeard }) => isHeard(db)))
  return channels.filter((_, at) => heard[at])
}

type Row = Omit<Alert, 'explanation'> & { explained: Explained }

/** Nobody waits for a model: who is told at once reads the rule's own words, who is told again what was written since. */
async function readAlert(db: Db, alertId: string): Promise<Alert | null> {
  const row = await db.one<Row>(sql`
    select a.alert_id, t.company_name, b.name as brand_name, a.rule, a.severity, a.status, a.title, a.message, a.raised_at, a.escalated_at,
      ${explainedWhere(sql`i.tenant_id = a.tenant_id and i.alert_id = a.alert_id`)} as explained
    from alerts a
      join tenants t on t.id = a.tenant_id
      left join brands b on b.tenant_id = a.tenant_id and b.brand_id = a.brand_id
    where a.tenant_id = ${actor().tenantId} and a.alert_id = ${alertId}`)
  if (!row) return null
  const { explained, ...alert } = row
  return { ...alert, explanation: explainAlert(row) }
}

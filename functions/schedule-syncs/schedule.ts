import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { OutboxRow } from '../../shared/events/publish.ts'
import { enqueue } from '../../shared/events/record.ts'
import { syncMessages } from '../../shared/sync/request.ts'

/** The most connections one tick takes; the next tick takes the rest. */
const AT_MOST = 2_000

type Due = { tenant_id: string; integration_id: string; platform: string; due_at: Date }

/** Takes the connections that are due, moves each on to its own minute of the next hour and asks for its sync, in one transaction. */
export async function scheduleDue(): Promise<{ requested: number }> {
  const requested = await transaction(async (db) => {
    const due = await takeDue(db, clock.now())
    if (due.length > 0) await enqueue(db, due.flatMap(messageFor))
    return due.length
  })
  return { requested }
}

/** Two schedulers at once share the work: rows locked by the other are skipped. */
const takeDue = (db: Db, now: Date): Promise<Due[]> =>
  db.query<Due>(sql`
    with due as (
      select i.tenant_id, i.integration_id, i.next_due_at
      from integrations i
      where i.status = 'active' and i.next_due_at <= ${now}
        and exists (select 1 from tenants t where t.id = i.tenant_id and t.status in ('active', 'provisioning'))
      order by i.next_due_at
      limit ${AT_MOST}
      for update of i skip locked
    )
    update integrations i
    set next_due_at = own.minute + case when own.minute > ${now} then interval '0' else interval '1 hour' end
    from due d, lateral (select date_trunc('hour', ${now}::timestamptz)
      + make_interval(mins => (hashtext(d.integration_id::text) & 2147483647) % 60) as minute) own
    where i.tenant_id = d.tenant_id and i.integration_id = d.integration_id
    returning i.tenant_id, i.integration_id, i.platform, d.next_due_at as due_at`)

const messageFor = ({ tenant_id, integration_id, platform, due_at }: Due): OutboxRow[] =>
  syncMessages({ tenant_id, platform, data: { integration_id, due_at: due_at.toISOString() } })

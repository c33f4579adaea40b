import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Worker } from './worker.ts'

/** How long the fence, the relay and the deliveries wait before they take somebody for dead, and a second. */
const A_MINUTE = "interval '61 seconds'"
const SESSIONS_END_MS = 5_000

/** What waits a minute for a sign of life has waited, and the sessions of the dead are gone. */
export async function passAMinute(client: pg.Client, dead: Worker): Promise<void> {
  const frozen = (await Promise.race([dead.exited.then(() => 'gone'), delay(0)])) !== 'gone'
  // A session that idles in its transaction for a minute is ended by the server; a dead process's end at once.
  if (frozen)
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and state like 'idle in transaction%'`,
    )
  else await sessionsEnd(client)
  await ageOutbox(client)
  await client.query(`update integrations set lease_until = lease_until - ${A_MINUTE} where lease_until is not null`)
  await client.query(`update webhook_deliveries set updated_at = updated_at - ${A_MINUTE}`)
}

/** The relay leaves young messages to those who are about to publish them. */
export const ageOutbox = (client: pg.Client): Promise<unknown> =>
  client.query(`update outbox set created_at = created_at - ${A_MINUTE}`)

async function sessionsEnd(client: pg.Client): Promise<void> {
  const deadline = Date.now() + SESSIONS_END_MS
  for (;;) {
    const { rowCount } = await client.query(
      'select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    if (rowCount === 0) return
    if (Date.now() > deadline) throw new Error("The dead process's sessions do not end.")
    await delay(10)
  }
}

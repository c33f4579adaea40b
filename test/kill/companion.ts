import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Fault } from '../../scripts/sandbox/faults.ts'
import type { Providers } from './providers.ts'

/** What goes wrong outside the process: one answer of a provider, or every session of the workers once so many requests were answered. */
export type Companion = { kind: 'provider'; fault: Fault } | { kind: 'sessions'; afterRequests: number }

type Place = { client: pg.Client; providers: Providers; over: AbortSignal }

/** Begins; how often it struck is told in the end. */
export async function begin(companion: Companion, { client, providers, over }: Place): Promise<() => Promise<number>> {
  if (companion.kind === 'provider') return providers.inject(companion.fault)
  const ended = endSessions(companion.afterRequests, { client, providers, over })
  return () => ended
}

/** How many sessions ended. Afterwards each second is a minute for whoever waits for a sign of life. */
async function endSessions(afterRequests: number, { client, providers, over }: Place): Promise<number> {
  let ended = 0
  while (!over.aborted) {
    if (ended > 0) {
      await client.query(
        `update webhook_deliveries set updated_at = updated_at - interval '61 seconds' where status = 'sending'`,
      )
      // Not renewed for some seconds: its holder is gone.
      await client.query(
        `update integrations set lease_until = lease_until - interval '61 seconds'
         where lease_until < clock_timestamp() + interval '56 seconds'`,
      )
    } else if ((await providers.requests()) >= afterRequests) {
      const { rows } = await client.query<{ ended: number }>(
        `select count(pg_terminate_backend(pid))::int as ended from pg_stat_activity
         where datname = current_database() and usename like 'kill\\_%\\_worker'`,
      )
      ended = rows[0]?.ended ?? 0
    }
    await delay(ended > 0 ? 1_000 : 5)
  }
  return ended
}

import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { isStopping } from '../../../shared/serve.ts'
import type { Chore } from '../chore.ts'

/** Partitions of events for the next four weeks, and no more of those whose time is over: facts after 90 days, telemetry after 7. */
export const keepPartitions: Chore = {
  name: 'keep-partitions',
  run: async (deadline) => {
    const dropped: string[] = []
    while (!isStopping() && Date.now() < deadline) {
      const name = await dropOldest()
      if (name === null) break
      dropped.push(name)
    }
    return { dropped }
  },
}

/** One a transaction, so that the events' table is locked for one drop at a time; whoever waits for that lock holds up all who come after. */
const dropOldest = (): Promise<string | null> =>
  transaction(
    async (db) => {
      await db.query(sql`select set_config('lock_timeout', '2s', true)`)
      const row = await db.one<{ dropped: string | null }>(
        sql`select keep_event_partitions(${clock.now()}::timestamptz) as dropped`,
      )
      return row?.dropped ?? null
    },
    { role: 'pulsepoint_operator' },
  )

import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { HOURLY_CURSOR } from '../../sync/state.ts'
import { actor } from '../../tenant.ts'
import { noSuchRun, RUN_COLUMNS, Run, type RunRow, runOnWire } from './run.ts'
import { readStreams, Stream, streamOnWire } from './stream.ts'

export const getSyncRun = operation({
  name: 'get_sync_run',
  description:
    'One sync run: what it read so far, how far each stream is, and how it ended. Poll it with If-None-Match.',
  http: { method: 'get', path: '/api/sync/runs/{id}' },
  permission: 'brands:read',
  input: z.object({ id: z.uuid() }),
  output: z.object({
    run: Run,
    streams: z
      .array(Stream)
      .describe("A backfill's own; other runs share the connection's, which later runs have moved on since."),
  }),
  run: ({ id }) =>
    transaction(async (db) => {
      const row = await db.one<RunRow>(sql`
        select ${RUN_COLUMNS} from sync_runs where tenant_id = ${actor().tenantId} and run_id = ${id}`)
      if (!row) throw noSuchRun()
      const cursor = row.kind === 'backfill' ? row.run_id : HOURLY_CURSOR
      const streams = await readStreams(db, [row.integration_id], [cursor])
      return { run: runOnWire(row), streams: streams.map(streamOnWire) }
    }),
})

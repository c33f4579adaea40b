import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { RUN_KINDS } from '../../sync/request.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Instant } from '../wire.ts'
import { RUN_COLUMNS, RUN_STATUSES, Run, type RunRow, runOnWire } from './run.ts'

/** With microseconds: a Date would lose them and the page its place. */
const Key = z.tuple([Instant, z.uuid()])

export const listSyncRuns = operation({
  name: 'list_sync_runs',
  description: 'Sync runs of this tenant, the latest asked for first.',
  http: { method: 'get', path: '/api/sync/runs' },
  permission: 'brands:read',
  input: PageInput.extend({
    integration_id: z.uuid().optional(),
    kind: z.enum(RUN_KINDS).optional(),
    status: z.enum(RUN_STATUSES).optional(),
    since: Instant.optional().describe('Asked for at or after this instant.'),
    until: Instant.optional().describe('Asked for before this instant.'),
  }),
  output: z.object({ runs: z.array(Run), next_cursor: NextCursor }),
  run: async ({ limit, cursor, integration_id = null, kind = null, status = null, since = null, until = null }) => {
    const [requestedAt, id] = decodeCursor(Key, cursor) ?? [null, null]
    const found = await transaction((db) =>
      db.query<RunRow & { sort_key: string }>(sql`
        select ${RUN_COLUMNS}, to_char(requested_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sort_key
        from sync_runs
        where tenant_id = ${actor().tenantId} and (${integration_id}::uuid is null or integration_id = ${integration_id}::uuid)
          and (${kind}::text is null or kind = ${kind}) and (${status}::text is null or status = ${status})
          and (${since}::timestamptz is null or requested_at >= ${since}::timestamptz)
          and (${until}::timestamptz is null or requested_at < ${until}::timestamptz)
          and (${requestedAt}::timestamptz is null or (requested_at, run_id) < (${requestedAt}::timestamptz, ${id}::uuid))
        order by requested_at desc, run_id desc limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, (row) => [row.sort_key, row.run_id])
    return { runs: rows.map(runOnWire), next_cursor }
  },
})

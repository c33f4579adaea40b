import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { askBackfill } from '../../sync/ask-backfill.ts'
import { actor } from '../../tenant.ts'
import { dayIn } from '../../units.ts'
import { fieldErrors } from '../call.ts'
import { Day } from '../wire.ts'
import { askedBy, lockConnection, requireStatus } from './locked.ts'
import { AskedRun } from './request-syncs.ts'
import { OPEN_STATUSES } from './run.ts'

const MOST_YEARS = 3
/** No provider is older. */
const EARLIEST = '2004-01-01'

type Days = { since: string; until: string }

export const backfill = operation({
  name: 'backfill',
  description:
    'Reads the days [since, until) of a connection once more, beside its hourly sync, which goes first. One at a time a connection.',
  http: { method: 'post', path: '/api/integrations/{id}/backfill', status: 202 },
  permission: 'integrations:manage',
  input: z
    .object({ id: z.uuid(), since: Day, until: Day.describe("At most today in the brand's zone.") })
    .meta({ examples: [{ since: '2025-01-01', until: '2025-04-01' }] }),
  output: AskedRun,
  run: ({ id, ...days }) =>
    transaction(async (db) => {
      const connection = await lockConnection(db, id)
      requireRange(days, dayIn(connection.time_zone, clock.now()))
      requireStatus(connection)
      await requireNoOther(db, id)
      const run_id = await askBackfill(db, connection, { ...days, requestedBy: askedBy() })
      if (run_id === null) throw new AppError('CONFLICT', 'Another backfill has just begun: wait for it.')
      const data = { action: 'sync.backfill', subject_id: run_id, details: { integration_id: id, ...days } }
      await record(db, 'admin.action', { data, brandId: connection.brand_id })
      return { run_id, integration_id: id, status: 'waiting' }
    }),
})

function requireRange({ since, until }: Days, today: string): void {
  if (until > today) throw fieldErrors({ until: [`At most ${today}, which is today in the brand's zone.`] })
  if (since < EARLIEST) throw fieldErrors({ since: [`Not before ${EARLIEST}.`] })
  if (since >= until) throw fieldErrors({ since: ['Must lie before until.'] })
  if (since < yearsBefore(until)) throw fieldErrors({ since: [`At most ${MOST_YEARS} years before until.`] })
}

/** As text: 29 February's counterpart may not exist and is right to compare with nonetheless. */
const yearsBefore = (day: string): string => `${Number(day.slice(0, 4)) - MOST_YEARS}${day.slice(4)}`

async function requireNoOther(db: Db, integrationId: string): Promise<void> {
  const other = await db.one<Days & { run_id: string }>(sql`
    select run_id, range_since as since, range_until as until from sync_runs
    where tenant_id = ${actor().tenantId} and integration_id = ${integrationId} and kind = 'backfill'
      and status = any(${OPEN_STATUSES}::text[])`)
  if (!other) return
  const { run_id, since, until } = other
  const message = `The backfill ${run_id} of ${since} to ${until} is not over: wait for it or cancel it first.`
  throw new AppError('CONFLICT', message, { details: { run_id } })
}

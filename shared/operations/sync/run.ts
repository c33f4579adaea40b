import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { AppError } from '../../errors.ts'
import { RUN_KINDS, type RunKind } from '../../sync/request.ts'
import { Day, Instant, instantOrNull } from '../wire.ts'

export const Failure = z.object({ code: z.string(), message: z.string() }).nullable()

export const RUN_STATUSES = ['waiting', 'running', 'continued', 'completed', 'failed', 'cancelled'] as const
export const RunStatus = z
  .enum(RUN_STATUSES)
  .describe('waiting: for its turn or for its connection to be resumed; continued: between two slices.')
export type RunStatus = z.output<typeof RunStatus>
/** Not over yet. */
export const OPEN_STATUSES: readonly RunStatus[] = ['waiting', 'running', 'continued']

export const Run = z
  .object({
    run_id: z.uuid(),
    integration_id: z.uuid(),
    kind: z.enum(RUN_KINDS),
    status: RunStatus,
    requested_at: Instant,
    requested_by: z
      .uuid()
      .nullable()
      .describe('The user or API key; null: nobody, but the schedule or a comparison with the provider.'),
    cancelled_by: z
      .uuid()
      .nullable()
      .describe(
        'The user or API key; null also when nobody in particular stopped it: a later hour took its work over.',
      ),
    started_at: Instant.nullable(),
    finished_at: Instant.nullable(),
    range: z.object({ since: Day, until: Day }).nullable().describe('Of a backfill: days [since, until).'),
    pages: z.number(),
    rows_read: z.number(),
    rows_written: z.number(),
    error: Failure,
  })
  .meta({
    examples: [
      {
        run_id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
        integration_id: '0192d3f4-5a6b-7c8d-9e0f-aaaaaaaaaaaa',
        kind: 'backfill',
        status: 'running',
        requested_at: '2026-11-20T10:15:00.000Z',
        requested_by: '0192d3f4-5a6b-7c8d-9e0f-bbbbbbbbbbbb',
        cancelled_by: null,
        started_at: '2026-11-20T10:15:01.000Z',
        finished_at: null,
        range: { since: '2026-01-01', until: '2026-04-01' },
        pages: 40,
        rows_read: 10_000,
        rows_written: 120,
        error: null,
      },
    ],
  })

export type RunRow = {
  run_id: string
  integration_id: string
  kind: RunKind
  status: RunStatus
  requested_at: Date
  requested_by: string | null
  cancelled_by: string | null
  started_at: Date | null
  finished_at: Date | null
  range_since: string | null
  range_until: string | null
  pages: number
  rows_read: bigint
  rows_written: bigint
  error_code: string | null
  error_message: string | null
}

/** A RunRow's, of sync_runs. */
export const RUN_COLUMNS = sql`run_id, integration_id, kind, status, requested_at, requested_by, cancelled_by, started_at,
  finished_at, range_since, range_until, pages, rows_read, rows_written, error_code, error_message`

export const runOnWire = (row: RunRow): z.input<typeof Run> => ({
  run_id: row.run_id,
  integration_id: row.integration_id,
  kind: row.kind,
  status: row.status,
  requested_at: row.requested_at.toISOString(),
  requested_by: row.requested_by,
  cancelled_by: row.cancelled_by,
  started_at: instantOrNull(row.started_at),
  // Between slices the row says when the last one ended.
  finished_at: OPEN_STATUSES.includes(row.status) ? null : instantOrNull(row.finished_at),
  range:
    row.range_since === null || row.range_until === null ? null : { since: row.range_since, until: row.range_until },
  pages: row.pages,
  rows_read: Number(row.rows_read),
  rows_written: Number(row.rows_written),
  error: failureOf(row.error_code, row.error_message),
})

export const failureOf = (code: string | null, message: string | null): z.input<typeof Failure> =>
  code === null ? null : { code, message: message ?? '' }

/** Another tenant's run and one that does not exist are the same. */
export const noSuchRun = (): AppError => new AppError('NOT_FOUND', 'There is no run with this id.')

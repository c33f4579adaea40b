import { effect } from '../effects.ts'
import { pace } from '../fetch.ts'
import { asUnavailable, type Dataset } from './dataset.ts'
import type { Encoded } from './encode.ts'
import { NOT_FOUND, rowErrorsOf, statusOf, TOO_LARGE } from './google-error.ts'
import { ensureTable } from './provision.ts'
import type { WarehouseTable } from './tables.ts'

const MAX_TRIES = 4
const BACKOFF_MS = 200

export type Target = { dataset: Dataset; table: WarehouseTable }
/** A row that was not taken. `lasting`: it never will be without a change of row or schema. `reason` is BigQuery's own. */
export type Failure = { row: Encoded; reason: string; lasting: boolean }

/** Only what failed for a passing reason is sent again, a few times. Returns what was not taken; throws UNAVAILABLE. */
export async function sendBatch(target: Target, batch: readonly Encoded[]): Promise<Failure[]> {
  const rejected: Failure[] = []
  let waiting = batch
  for (let attempt = 1; ; attempt += 1) {
    const failures = await send(target, waiting)
    rejected.push(...failures.filter((failure) => failure.lasting))
    const passing = failures.filter((failure) => !failure.lasting)
    if (passing.length === 0 || attempt === MAX_TRIES) return [...rejected, ...passing]
    waiting = passing.map((failure) => failure.row)
    await pace.wait(pace.random() * BACKOFF_MS * 2 ** attempt)
  }
}

async function send(target: Target, rows: readonly Encoded[]): Promise<Failure[]> {
  try {
    await append(target, rows)
    return []
  } catch (error) {
    const failures = rowErrorsOf(error)?.flatMap(({ index, errors }) => failureOf(rows[index], errors))
    if (!failures) return sendDifferently(target, { rows, error })
    if (failures.some(({ reason }) => isUnknownColumn(reason))) await ensureTable(target.dataset, target.table)
    return failures
  }
}

/** With skipInvalidRows the good rows of a request are taken even when others are not. */
const append = ({ dataset, table }: Target, rows: readonly Encoded[]): Promise<unknown> =>
  effect(`bigquery ${table}`, () =>
    dataset.table(table).insert(
      rows.map(({ insertId, json }) => ({ insertId, json })),
      { raw: true, skipInvalidRows: true, partialRetries: 0 },
    ),
  )

async function sendDifferently(
  target: Target,
  refused: { rows: readonly Encoded[]; error: unknown },
): Promise<Failure[]> {
  const { rows, error } = refused
  const status = statusOf(error)
  if (status === TOO_LARGE) return sendHalves(target, rows)
  if (status !== NOT_FOUND) throw asUnavailable(error)
  await ensureTable(target.dataset, target.table)
  // BigQuery may answer 404 for some minutes after a table was made: then the rows wait for another try.
  return rows.map((row) => ({ row, reason: 'notFound: the table was missing', lasting: false }))
}

async function sendHalves(target: Target, rows: readonly Encoded[]): Promise<Failure[]> {
  const [only, ...others] = rows
  if (only && others.length === 0)
    return [{ row: only, reason: 'tooLarge: the row alone exceeds a request', lasting: true }]
  const middle = Math.ceil(rows.length / 2)
  return [...(await send(target, rows.slice(0, middle))), ...(await send(target, rows.slice(middle)))]
}

type RowError = { reason: string; location: string; message: string }

function failureOf(row: Encoded | undefined, errors: readonly RowError[]): Failure[] {
  if (!row) return []
  const invalid = errors.filter((error) => error.reason === 'invalid')
  const reason = (invalid.length > 0 ? invalid : errors)
    .map((error) => `${error.reason}: ${error.location} ${error.message}`)
    .join('; ')
  return [{ row, reason, lasting: invalid.length > 0 && !isUnknownColumn(reason) }]
}

/** The table is older than this code, not the row wrong. Source: BigQuery's message for a field outside the schema. */
const isUnknownColumn = (reason: string): boolean => /no such field/i.test(reason)

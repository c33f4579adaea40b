import { createHash } from 'node:crypto'
import { nowText } from '../clock.ts'
import { effect } from '../effects.ts'
import { AppError } from '../errors.ts'
import { pace } from '../fetch.ts'
import { log } from '../log.ts'
import { asUnavailable, type Dataset, ownDataset } from './dataset.ts'
import { NOT_FOUND, rowErrorsOf, statusOf, TOO_LARGE } from './google-error.ts'
import { ensureTable } from './provision.ts'
import { type WarehouseRow, type WarehouseTable, warehouseTable } from './tables.ts'

/** `reason` is BigQuery's own. The row is not in the warehouse and will not be without a change of row or schema. */
export type RejectedRow = { key: string; reason: string }
export type Inserted = { inserted: number; rejected: RejectedRow[] }

const MAX_BATCH_ROWS = 500
/** BigQuery takes 10 MB a request. */
const MAX_BATCH_BYTES = 9_000_000
const MAX_TRIES = 4
const BACKOFF_MS = 200

type Encoded = { key: string; insertId: string; json: Record<string, unknown>; bytes: number }
type Target = { dataset: Dataset; table: WarehouseTable }

/**
 * Appends rows to a table of the actor's tenant. The same key and version has the same insertId, so repeating is harmless:
 * BigQuery drops most copies, the views the rest. A row that BigQuery will never take is logged and reported, the others
 * go on. A missing table is made. Throws UNAVAILABLE when some rows may be taken later; then insert all of them again.
 */
export async function insertRows<T extends WarehouseTable>(
  tenantId: string,
  table: T,
  rows: readonly WarehouseRow<T>[],
): Promise<Inserted> {
  const target = { dataset: await ownDataset(tenantId), table }
  const recordedAt = nowText()
  const rejected: RejectedRow[] = []
  for (const batch of batches(rows.map((row) => encode(table, { recorded_at: recordedAt, ...row })))) {
    rejected.push(...(await insertBatch(target, batch)))
  }
  for (const { key, reason } of rejected)
    log('ERROR', 'BigQuery refuses a row; it is left out.', { table, key, reason })
  return { inserted: rows.length - rejected.length, rejected }
}

function encode(table: WarehouseTable, row: Readonly<Record<string, unknown>>): Encoded {
  const { key: keyColumns, version } = warehouseTable(table)
  // What is left out is null; most columns of most rows are.
  const given = Object.entries(row).filter(([, value]) => value !== null)
  const json = Object.fromEntries(
    given.map(([column, value]) => [column, typeof value === 'bigint' ? value.toString() : value]),
  )
  const key = [...keyColumns, ...(version ? [version] : [])].map((column) => String(row[column])).join('/')
  // BigQuery caps an insertId at 128 characters, which a campaign's key passes.
  const insertId = createHash('sha256').update(key).digest('base64url')
  return { key, insertId, json, bytes: Buffer.byteLength(JSON.stringify({ insertId, json })) + 1 }
}

function batches(rows: readonly Encoded[]): Encoded[][] {
  const made: Encoded[][] = []
  let open: Encoded[] = []
  let bytes = 0
  for (const row of rows) {
    if (open.length > 0 && (open.length === MAX_BATCH_ROWS || bytes + row.bytes > MAX_BATCH_BYTES)) {
      made.push(open)
      open = []
      bytes = 0
    }
    open.push(row)
    bytes += row.bytes
  }
  return open.length > 0 ? [...made, open] : made
}

/** Only what failed for a passing reason is sent again. Returns what never will be taken. */
async function insertBatch(target: Target, batch: readonly Encoded[]): Promise<RejectedRow[]> {
  const rejected: RejectedRow[] = []
  let waiting = batch
  for (let attempt = 1; ; attempt += 1) {
    const failures = await send(target, waiting)
    const lasting = failures.filter((failure) => failure.lasting)
    rejected.push(...lasting.map(({ row, reason }) => ({ key: row.key, reason })))
    waiting = failures.filter((failure) => !failure.lasting).map((failure) => failure.row)
    if (waiting.length === 0) return rejected
    if (attempt === MAX_TRIES)
      throw new AppError('UNAVAILABLE', `BigQuery left out ${waiting.length} row(s) of ${target.table}.`)
    await pace.wait(pace.random() * BACKOFF_MS * 2 ** attempt)
  }
}

type Failure = { row: Encoded; reason: string; lasting: boolean }

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

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MAX_BYTES as WEBHOOK_BYTES } from '../../functions/webhooks/shopify.ts'
import { readMap, subscriptionsOf } from '../../scripts/local/map.ts'
import { config } from '../../shared/config.ts'
import { TelemetryEvent } from '../../shared/events/catalog.ts'
import { KEEP_AT_MOST } from '../../shared/events/telemetry.ts'
import { MAX_BYTES as BODY_BYTES } from '../../shared/http/body.ts'
import { MESSAGE_CHARACTERS } from '../../shared/http/record-request.ts'
import { MAX_BYTES as ANSWER_BYTES } from '../../shared/operations/answer-store.ts'
import { batches, type Encoded } from '../../shared/warehouse/encode.ts'

const MIB = 1024 * 1024
const functionModule = readFileSync('infra/modules/function/main.tf', 'utf8')
/** A number that the function's module sets. */
const set = (pattern: RegExp): number => Number(pattern.exec(functionModule)?.[1])
const TIMEOUT_SECONDS = set(/timeout_seconds = (\d+)/)
const ACK_SECONDS = set(/ack_deadline_seconds\s+= (\d+)/)
const { functions, topics, subscriptions } = await readMap('infra/functions.tf.json')

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
const requestOf = (batch: readonly Encoded[] = []): number =>
  batch.reduce((sum, { insertId, json }) => sum + bytesOf({ insertId, json }) + 1, 0)
const rows = (count: number, bytesEach: number): Encoded[] =>
  Array.from({ length: count }, (_, n) => {
    const json = { text: 'x'.repeat(bytesEach) }
    return { key: String(n), insertId: String(n), json, bytes: bytesOf({ insertId: String(n), json }) + 1 }
  })

/** One line of telemetry with all that a caller can put into it: three bytes a character is the most that UTF-8 needs of UTF-16. */
const longestLine = (): TelemetryEvent => ({
  event_id: '01a22504-5237-7524-a3d8-0ecb32cba243',
  event_type: 'api.response',
  timestamp: '2026-11-27T09:00:00.000Z',
  brand_id: '01a22504-5237-7524-a3d8-0ecb32cba243',
  user_id: '01a22504-5237-7524-a3d8-0ecb32cba243',
  session_id: '01a22504-5237-7524-a3d8-0ecb32cba243',
  request_id: 'x'.repeat(128),
  duration_ms: 12_345.678,
  status: 'failure',
  error_message: '€'.repeat(MESSAGE_CHARACTERS),
  metadata: { method: 'DELETE', route: 'x'.repeat(100), client_session_id: 'x'.repeat(128), trace_id: 'x'.repeat(32) },
})

/** The longest of the messages that are ever delayed: a connection's continuation. As the task's body carries it, in base64 twice. */
const delayedTask = (): number => {
  const id = '01a22504-5237-7524-a3d8-0ecb32cba243'
  const attributes = Object.fromEntries(
    ['ce-id', 'ce-type', 'ce-source', 'ce-specversion', 'ce-time', 'ce-tenantid', 'ce-class', 'Content-Type'].map(
      (name) => [name, 'x'.repeat(64)],
    ),
  )
  const data = { integration_id: id, run_id: id, since: '2026-01-01', until: '2026-12-31', attempt: 10 }
  const body = { messages: [{ data: Buffer.from(JSON.stringify(data)).toString('base64'), attributes }] }
  return Math.ceil(bytesOf(body) / 3) * 4
}

/** Source: the quota pages of Cloud Run, Pub/Sub, Cloud Tasks, BigQuery, Firestore and Cloud Scheduler, November 2026. */
const LIMITS: readonly (readonly [what: string, ours: number, theirs: number])[] = [
  ['bytes of a request to the API (Cloud Run)', BODY_BYTES, 32 * MIB],
  ["bytes of a shop's webhook (Cloud Run)", WEBHOOK_BYTES, 32 * MIB],
  ['ms of a slice, within the request that works on it', config('SLICE_MS'), TIMEOUT_SECONDS * 1000],
  ['ms of an answer of Claude, within its request', config('AI_DEADLINE_MS'), TIMEOUT_SECONDS * 1000],
  ['seconds of a request, before its message is pushed again', TIMEOUT_SECONDS, ACK_SECONDS],
  ['seconds of a push (Pub/Sub)', ACK_SECONDS, 600],
  ["seconds of a job's attempt (Cloud Scheduler)", TIMEOUT_SECONDS, 1800],
  ['bytes of a batch of telemetry after an outage (Pub/Sub)', KEEP_AT_MOST * (bytesOf(longestLine()) + 1), 10_000_000],
  ['bytes of a delayed message (Cloud Tasks)', delayedTask(), 100 * 1024],
  ['rows of an insert (BigQuery)', Math.max(...batches(rows(2_000, 10)).map((batch) => batch.length)), 50_000],
  ['bytes of an insert (BigQuery)', Math.max(...batches(rows(40, MIB)).map(requestOf)), 10_000_000],
  ['bytes of a kept answer with its name and times (Firestore)', ANSWER_BYTES + 4096, MIB],
  [
    "bytes of a subscription's filter (Pub/Sub)",
    Math.max(...Object.values(subscriptions).map((s) => s.filter.length)),
    256,
  ],
  ['topics of a project (Pub/Sub)', topics.length, 10_000],
  ['accounts of a project, two for each function and three others (IAM)', 2 * Object.keys(functions).length + 3, 100],
  ['characters of an account id (IAM)', Math.max(...Object.keys(functions).map((name) => `wake-${name}`.length)), 30],
]

describe("the platform's limits", () => {
  test.each(LIMITS)('%s: %d are fewer than %d', (_, ours, theirs) => {
    expect(ours).toBeGreaterThan(0)
    expect(ours).toBeLessThan(theirs)
  })

  test('a line of telemetry is what the events say it is', () => {
    expect(TelemetryEvent.parse(longestLine())).toEqual(longestLine())
  })

  test('every pushed message has a worker that is stopped before it is pushed again', () => {
    const workers = new Set(subscriptionsOf({ functions, topics, subscriptions }).map((each) => each.functionName))
    expect([...workers].filter((name) => functions[name]?.http.length !== 0)).toEqual([])
    expect(functionModule).toMatch(/timeout\s+= "\$\{local\.timeout_seconds\}s"/)
    expect(functionModule).toMatch(/attempt_deadline = "\$\{local\.timeout_seconds\}s"/)
  })
})

import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import * as z from 'zod'
import { ApiError, readBody } from './api-error.ts'
import { applyWrites, type Document, Fields, Write } from './firestore-writes.ts'
import type { Store } from './store.ts'

/** A transaction that is not heard of for this long is forgotten. Source: cloud.google.com/firestore/quotas (2026) */
const TRANSACTION_MS = 270_000

const BatchGetBody = z.object({
  documents: z.array(z.string()).min(1),
  transaction: z.string().optional(),
  newTransaction: z.object({ readWrite: z.object({ retryTransaction: z.string().optional() }) }).optional(),
})
const CommitBody = z.object({ writes: z.array(Write).max(500).default([]), transaction: z.string().optional() })
const RollbackBody = z.object({ transaction: z.string() })
const Row = z.object({ name: z.string(), fields: z.string(), create_time: z.string(), update_time: z.string() })

/** What a transaction has read: name → update time, null for a document that was not there. */
type Transaction = { reads: Map<string, string | null>; startedMs: number }

/**
 * Firestore's REST calls as the Node client makes them with `preferRest`: batchGet (which also begins transactions), commit
 * and rollback. Transactions are optimistic: a commit after another's change to what was read is ABORTED. TTL policies do
 * nothing here: in the service, too, a document may outlive its time by a day, so readers check for themselves.
 */
export function firestore({ db, commit }: Store): Hono {
  const find = db.prepare('select name, fields, create_time, update_time from documents where name = ?')
  const put = db.prepare(`insert into documents values (?, ?, ?, ?)
    on conflict (name) do update set fields = excluded.fields, create_time = excluded.create_time, update_time = excluded.update_time`)
  const remove = db.prepare('delete from documents where name = ?')
  const transactions = new Map<string, Transaction>()
  const nextTime = timeAfter(String(db.prepare('select max(update_time) as last from documents').get()?.last ?? ''))

  function read(name: string): Document | null {
    const row = find.get(name)
    if (!row) return null
    const { fields, create_time: createTime, update_time: updateTime } = Row.parse(row)
    return { fields: Fields.parse(JSON.parse(fields)), createTime, updateTime }
  }

  function begin(): string {
    for (const [id, { startedMs }] of transactions)
      if (performance.now() - startedMs > TRANSACTION_MS) transactions.delete(id)
    const id = Buffer.from(randomUUID()).toString('base64')
    transactions.set(id, { reads: new Map(), startedMs: performance.now() })
    return id
  }

  function transactionOf(id: string): Transaction {
    const found = transactions.get(id)
    if (!found) throw new ApiError('INVALID_ARGUMENT', 'The referenced transaction has expired or is no longer valid.')
    return found
  }

  function save(name: string, document: Document | null): void {
    if (document) put.run(name, JSON.stringify(document.fields), document.createTime, document.updateTime)
    else remove.run(name)
  }

  /** Returns a refusal instead of throwing it: what throws here takes others' commits with it. */
  function tryCommit(writes: readonly Write[], reads: Transaction['reads']) {
    const changed = [...reads].some(([name, time]) => (read(name)?.updateTime ?? null) !== time)
    if (changed) return new ApiError('ABORTED', 'Too much contention on these documents. Please try again.')
    const commitTime = nextTime()
    const applied = applyWrites(writes, { read, commitTime })
    if (applied instanceof ApiError) return applied
    for (const [name, document] of applied.documents) save(name, document)
    return { writeResults: applied.writeResults, commitTime }
  }

  const base = '/v1/projects/:project/databases/:database'
  return new Hono()
    .post(`${base}/documents:batchGet`, async (c) => {
      const { documents, transaction, newTransaction } = await readBody(c, BatchGetBody)
      const id = newTransaction ? begin() : transaction
      const reads = id === undefined ? undefined : transactionOf(id).reads
      const readTime = nextTime()
      const answers = documents.map((name) => {
        const document = read(name)
        reads?.set(name, document?.updateTime ?? null)
        return document ? { found: { name, ...document }, readTime } : { missing: name, readTime }
      })
      return c.json(newTransaction ? [{ transaction: id, readTime }, ...answers] : answers)
    })
    .post(`${base}/documents:commit`, async (c) => {
      const { writes, transaction } = await readBody(c, CommitBody)
      const reads = transaction === undefined ? new Map() : transactionOf(transaction).reads
      if (transaction !== undefined) transactions.delete(transaction)
      const outcome = await commit(() => tryCommit(writes, reads))
      if (outcome instanceof ApiError) throw outcome
      return c.json(outcome)
    })
    .post(`${base}/documents:rollback`, async (c) => {
      transactions.delete((await readBody(c, RollbackBody)).transaction)
      return c.json({})
    })
}

/** Instants with microseconds as text, each later than the one before, whatever the machine's clock does. */
function timeAfter(last: string): () => string {
  let lastMicros = last === '' ? 0 : Date.parse(last) * 1_000 + Number(last.slice(23, 26))
  return () => {
    lastMicros = Math.max(lastMicros + 1, Date.now() * 1_000)
    const ms = Math.floor(lastMicros / 1_000)
    return new Date(ms).toISOString().replace('Z', `${String(lastMicros % 1_000).padStart(3, '0')}Z`)
  }
}

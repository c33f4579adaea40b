import { randomBytes } from 'node:crypto'
import type { Row } from '../project.ts'
import type { ShopData } from '../shop-data.ts'
import type { BulkDesk } from './desk.ts'
import type { BulkFault } from './fault.ts'
import { type BulkFile, makeFile } from './file.ts'
import { blocksOf } from './lines.ts'
import { isUnderWay, type Job, servedBytes, shown } from './progress.ts'
import { readBulkQuery } from './query.ts'

/** At once, of one app at one shop. */
const MAX_RUNNING = 5
/** Of so many operations the files are kept; Shopify keeps them seven days. */
const KEPT = 20
const FIRST_ID = 4_046_733_967_549

/** What a request brings along: the shop as it is now, the sandbox's own address, and what is to go wrong. */
export type BulkRequest = { data: ShopData; nowSeconds: number; url: string; fault: BulkFault | null }

/** The bulk operations of one shop; `clock` is what they take their time by. */
export type BulkJobs = {
  desk(request: BulkRequest): BulkDesk
  /** What is served of the file with this secret; null where there is none, or none any more. */
  file(secret: string): { file: BulkFile; bytes: number } | null
}

export function bulkJobs(clock: () => Date): BulkJobs {
  const jobs = new Map<string, Job>()
  let nextId = FIRST_ID
  let making: Promise<void> = Promise.resolve()

  function begin(request: BulkRequest, query: string, grouped: boolean): Row {
    const { fault, data, nowSeconds, url } = request
    const running = [...jobs.values()].filter((job) => isUnderWay(job, clock()))
    if (fault === 'in_progress' || running.length >= MAX_RUNNING) return inProgress(running[0]?.id)
    const read = readBulkQuery(query)
    if ('refused' in read) return refusal(read.refused)
    if (fault === 'refused') return refusal('This query cannot be run in bulk.')
    const run = { data, nowSeconds, variables: {}, spent: 0 }
    const job: Job = {
      id: `gid://shopify/BulkOperation/${nextId++}`,
      query,
      file: makeFile(blocksOf({ query: read, grouped: grouped && fault !== 'ungrouped', run }), making),
      fault,
      createdAt: clock(),
      looks: 0,
      canceled: false,
      secret: randomBytes(12).toString('hex'),
    }
    jobs.set(job.id, job)
    making = job.file.whole
    for (const old of [...jobs.keys()].slice(0, -KEPT)) jobs.delete(old)
    return { bulkOperation: shown(job, { now: clock(), url }), userErrors: [] }
  }

  function look(id: string, url: string): Row | null {
    const job = jobs.get(id)
    if (!job) return null
    job.looks += 1
    return shown(job, { now: clock(), url })
  }

  function cancel(id: string, url: string): Row {
    const job = jobs.get(id)
    if (!job || !isUnderWay(job, clock())) {
      const message = 'The bulk operation does not exist or is over.'
      return { bulkOperation: null, userErrors: [{ field: ['id'], message }] }
    }
    job.canceled = true
    return { bulkOperation: { ...shown(job, { now: clock(), url }), status: 'CANCELING' }, userErrors: [] }
  }

  return {
    desk: (request) => ({
      begin: (query, grouped) => begin(request, query, grouped),
      look: (id) => look(id, request.url),
      cancel: (id) => cancel(id, request.url),
    }),
    file: (secret) => {
      const job = [...jobs.values()].find((one) => one.secret === secret)
      return job && job.fault !== 'url_expired' ? { file: job.file, bytes: servedBytes(job) } : null
    },
  }
}

const userError = (message: string, code: string, field: string[] | null): Row => ({
  bulkOperation: null,
  userErrors: [{ message, code, field }],
})
const refusal = (message: string): Row => userError(message, 'INVALID', ['query'])
const inProgress = (other = `gid://shopify/BulkOperation/${FIRST_ID - 1}`): Row =>
  userError(
    `A bulk query operation for this app and shop is already in progress: ${other}.`,
    'OPERATION_IN_PROGRESS',
    null,
  )

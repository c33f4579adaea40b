import type { Row } from '../project.ts'
import type { BulkFault } from './fault.ts'
import type { BulkFile } from './file.ts'

export type Job = {
  id: string
  query: string
  file: BulkFile
  fault: BulkFault | null
  createdAt: Date
  looks: number
  canceled: boolean
  /** Part of the file's address, which is known to whoever asked for the operation alone. */
  secret: string
}

/** An operation is done after this long, or after so many looks at it. */
const DURATION_MS = 1_000
const LOOKS = 3

const ENDS: Readonly<Partial<Record<BulkFault, { status: string; errorCode?: string }>>> = {
  access_denied: { status: 'FAILED', errorCode: 'ACCESS_DENIED' },
  failed: { status: 'FAILED', errorCode: 'INTERNAL_SERVER_ERROR' },
  failed_partial: { status: 'FAILED', errorCode: 'INTERNAL_SERVER_ERROR' },
  timeout: { status: 'FAILED', errorCode: 'TIMEOUT' },
  canceled: { status: 'CANCELED' },
  expired: { status: 'EXPIRED' },
}

/** From 0 to 1; whatever clock and looks say, no file is done before it is made. */
function progressOf({ fault, file, looks, createdAt }: Job, now: Date): number {
  const share = Math.max(looks / LOOKS, (now.getTime() - createdAt.getTime()) / DURATION_MS)
  const most = fault === 'stuck' || !file.done ? 0.9 : 1
  return Math.min(share, most)
}

export const isUnderWay = (job: Job, now: Date): boolean => !job.canceled && progressOf(job, now) < 1

/** How much of the file is served: half of one that was cut, in the middle of a line or at the end of one. */
export function servedBytes({ fault, file }: Job): number {
  const half = Math.floor(file.bytes / 2)
  if (fault === 'cut' || fault === 'failed_partial' || fault === 'timeout') return half
  return fault === 'cut_line' ? file.lineEnd(half) : file.bytes
}

/** The operation as the schema's BulkOperation. */
export function shown(job: Job, { now, url }: { now: Date; url: string }): Row {
  const { id, query, file, fault } = job
  const progress = progressOf(job, now)
  const end = job.canceled ? ENDS.canceled : fault && ENDS[fault]
  const isOver = job.canceled || progress === 1
  const { status, errorCode = null } = isOver
    ? (end ?? { status: 'COMPLETED' })
    : { status: progress < 1 / LOOKS ? 'CREATED' : 'RUNNING' }
  const address = `${url}/_bulk/${job.secret}/bulk.jsonl?response-content-disposition=attachment;+filename="bulk.jsonl"`
  const isComplete = status === 'COMPLETED'
  return {
    id,
    query,
    status,
    errorCode,
    type: 'QUERY',
    createdAt: job.createdAt.toISOString(),
    completedAt: isComplete ? now.toISOString() : null,
    objectCount: String(Math.floor(progress * file.objects)),
    rootObjectCount: String(Math.floor(progress * file.roots)),
    fileSize: isComplete && file.bytes > 0 ? String(file.bytes) : null,
    url: isComplete && file.bytes > 0 ? address : null,
    partialDataUrl: fault === 'failed_partial' || fault === 'timeout' ? address : null,
  }
}

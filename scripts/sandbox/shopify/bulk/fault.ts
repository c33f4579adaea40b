import type { Context } from 'hono'
import * as z from 'zod'

/**
 * What can go wrong with a bulk operation, struck where it is begun. `failed_partial` and `timeout` leave a part of the
 * file; `cut` and `cut_line` serve half a file as if it were whole; `ungrouped` has children anywhere after their parents.
 */
export const BulkFault = z.enum([
  'in_progress',
  'refused',
  'access_denied',
  'failed',
  'failed_partial',
  'timeout',
  'canceled',
  'expired',
  'stuck',
  'cut',
  'cut_line',
  'ungrouped',
  'url_expired',
])
export type BulkFault = z.output<typeof BulkFault>

const marked = new WeakMap<Request, BulkFault>()

/** The fault's note to the shop that is asked for a bulk operation. */
export const askForBulkFault = (c: Context, fault: BulkFault): void => void marked.set(c.req.raw, fault)
export const bulkFaultOf = (c: Context): BulkFault | null => marked.get(c.req.raw) ?? null

import * as z from 'zod'
import { inputInvalid } from '../../../shared/operations/call.ts'
import type { Work } from '../receive.ts'

const Common = z.strictObject({
  tenant_id: z.uuid(),
  brand_id: z.uuid(),
  timestamp: z.iso.datetime({ offset: true }),
})
const Word = z.string().regex(/^[\w .:-]{1,100}$/, 'At most 100 letters, digits, spaces and . : _ -')
const DataSync = Common.extend({ sync_type: Word, records_count: z.int().min(0) })
const Workflow = Common.extend({ workflow: Word, execution_id: Word.optional() })

/** A body as work to do. Throws INPUT_INVALID with what is wrong, by field. */
export type N8nCall = (body: unknown) => Told
type Told = Omit<Work, 'integration_id'>

const call =
  <B extends z.ZodType<z.output<typeof Common>>>(body: B, subjectOf: (body: z.output<B>) => Told['subject']): N8nCall =>
  (given) => {
    const parsed = body.safeParse(given)
    if (!parsed.success) throw inputInvalid(parsed.error)
    const { brand_id, timestamp } = parsed.data
    return { brand_id, triggered_at: new Date(timestamp).toISOString(), subject: subjectOf(parsed.data) }
  }

const workflow = call(Workflow, ({ workflow, execution_id }) => ({
  workflow,
  ...(execution_id !== undefined && { execution_id }),
}))

/** The last word of the path, and what may be said there. */
export const CALLS: Readonly<Record<string, N8nCall>> = {
  'data-sync': call(DataSync, ({ sync_type, records_count }) => ({ sync_type, records_count })),
  'workflow-completed': workflow,
  'workflow-failed': workflow,
}

import { type Db, transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'

type Told = { action: string; subjectId?: string; details?: Record<string, unknown> }

/** Works across tenants as the operators' own narrow role, which sees no content, and records it as a fact of the platform's tenant. */
export const operate = <T>({ action, subjectId = '', details = {} }: Told, work: (db: Db) => Promise<T>): Promise<T> =>
  transaction(
    async (db) => {
      const result = await work(db)
      await record(db, 'admin.action', { data: { action, subject_id: subjectId || null, details } })
      return result
    },
    { role: 'pulsepoint_operator' },
  )

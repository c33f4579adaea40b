import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { DeletionState, readDeletion } from './deletion.ts'

export const restoreTenant = operation({
  name: 'restore_tenant',
  description: 'Takes the deletion of this tenant back, as long as its erasure has not begun.',
  http: { method: 'post', path: '/api/privacy/tenant/restore' },
  permission: 'admin:manage',
  whileDeleting: true,
  input: z.object({}),
  output: DeletionState,
  run: () =>
    transaction(async (db) => {
      const { tenantId } = actor()
      const restored = await db.one(sql`
        update tenants set status = 'active', erase_after = null
        where id = ${tenantId} and status = 'deleting' and erasure_started_at is null returning id`)
      if (!restored)
        throw new AppError(
          'CONFLICT',
          'There is nothing to restore: this tenant is not being deleted, or its erasure has begun.',
        )
      await record(db, 'admin.action', {
        data: { action: 'privacy.tenant_restored', subject_id: tenantId, details: {} },
      })
      return readDeletion(db)
    }),
})

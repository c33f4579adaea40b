import * as z from 'zod'
import { clock } from '../../clock.ts'
import { config } from '../../config.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor, PLATFORM_TENANT_ID } from '../../tenant.ts'
import { fieldErrors } from '../call.ts'
import { DeletionState, readDeletion } from './deletion.ts'

const DAY_MS = 86_400_000

export const deleteTenant = operation({
  name: 'delete_tenant',
  description:
    'Closes this tenant at once and erases it after a grace period, within which an admin can restore it. Nothing else is answered meanwhile.',
  http: { method: 'post', path: '/api/privacy/tenant/delete', status: 202 },
  permission: 'admin:manage',
  input: z
    .object({ confirm_company_name: z.string().max(200).describe('The company’s name, exactly.') })
    .meta({ examples: [{ confirm_company_name: 'Acme Outdoor Inc.' }] }),
  output: DeletionState,
  run: ({ confirm_company_name }) =>
    transaction(async (db) => {
      const { tenantId } = actor()
      if (tenantId === PLATFORM_TENANT_ID) throw new AppError('CONFLICT', 'The platform’s own tenant is never deleted.')
      const eraseAfter = new Date(clock.now().getTime() + config('DELETION_GRACE_DAYS') * DAY_MS)
      const tenant = await db.one<{ company_name: string; status: string }>(
        sql`select company_name, status from tenants where id = ${tenantId} for update`,
      )
      if (tenant?.company_name !== confirm_company_name) {
        throw fieldErrors({ confirm_company_name: ['Must be the name of this company, exactly.'] })
      }
      if (tenant.status !== 'active') {
        throw new AppError('CONFLICT', `Only an active tenant can be deleted; this one is ${tenant.status}.`)
      }
      await db.query(sql`update tenants set status = 'deleting', erase_after = ${eraseAfter} where id = ${tenantId}`)
      const details = { erase_after: eraseAfter.toISOString() }
      await record(db, 'admin.action', { data: { action: 'privacy.tenant_deleted', subject_id: tenantId, details } })
      return readDeletion(db)
    }),
})

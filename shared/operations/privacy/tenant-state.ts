import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { DeletionState, readDeletion } from './deletion.ts'

export const tenantState = operation({
  name: 'get_tenant_state',
  description: 'Whether this tenant is active or being deleted, and until when it can be restored.',
  http: { method: 'get', path: '/api/privacy/tenant' },
  permission: 'admin:manage',
  surfaces: ['http'],
  whileDeleting: true,
  input: z.object({}),
  output: DeletionState,
  run: () => transaction(readDeletion),
})

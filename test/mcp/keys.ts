import * as z from 'zod'
import type { KeyScope } from '../../shared/auth/api-key.ts'
import { createApiKey } from '../../shared/operations/api-keys/create.ts'
import { call } from '../../shared/operations/call.ts'
import { createPerson } from '../support/people.ts'
import { asUser } from '../support/tenants.ts'

/** An API key of the tenant, made by an admin of it. */
export async function createKey(tenantId: string, scopes: readonly KeyScope[] = ['brands:read']): Promise<string> {
  const admin = await createPerson(tenantId, { role: 'admin' })
  const made = await asUser(admin, () => call(createApiKey, { name: 'agent', scopes }))
  return z.object({ key: z.string() }).parse(made).key
}

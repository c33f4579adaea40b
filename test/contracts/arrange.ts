import { readdirSync } from 'node:fs'
import path from 'node:path'
import { addTenantKey } from '../../shared/db/tenant-keys.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import type { Role } from '../../shared/tenant.ts'
import { provisionTenant } from '../../shared/warehouse/provision.ts'
import { signIn } from '../support/people.ts'
import { asSystem, createTenant, type TestTenant } from '../support/tenants.ts'

/** `ids` by entity: whose id stands behind `/api/<entity>/{id}`. Each file of places/ makes one of its entity in a tenant. */
export type Place = TestTenant & { ids: Readonly<Record<string, string>> }
type MakePlace = (db: Db, tenant: TestTenant) => Promise<string>

const PLACES = new Map<string, MakePlace>(
  await Promise.all(
    readdirSync(path.join(import.meta.dirname, 'places')).map(async (file) => {
      const { make } = await import(`./places/${file}`)
      return [path.basename(file, '.ts'), make] as const
    }),
  ),
)

/** A tenant with keys, a warehouse, a brand, a connection and one of every entity that has an id in a path. */
export async function arrangeTenant(name: string): Promise<Place> {
  const tenant = await createTenant(name)
  await provisionTenant(tenant.tenantId)
  const made = await asSystem(tenant.tenantId, () =>
    transaction(async (db) => {
      await addTenantKey(db)
      const entries: [string, string][] = []
      for (const [entity, make] of PLACES) entries.push([entity, await make(db, tenant)])
      return Object.fromEntries(entries)
    }),
  )
  return {
    ...tenant,
    ids: { tenants: tenant.tenantId, brands: tenant.brandId, integrations: tenant.integrationId, ...made },
  }
}

/** The access token of a new user of this role. */
export const signInAs = async ({ tenantId }: Place, role: Role): Promise<string> => (await signIn(tenantId, role)).token

/** Of an answer that streams rows: one JSON object a line, every line ended. */
export const rowsIn = (body: unknown): unknown[] =>
  String(body)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

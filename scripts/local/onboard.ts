import { v5 as uuidv5 } from 'uuid'
import { hashPassword } from '../../shared/auth/password.ts'
import { clock } from '../../shared/clock.ts'
import { sql } from '../../shared/db/sql.ts'
import { addTenantKey, tenantKeys } from '../../shared/db/tenant-keys.ts'
import { type Db, transaction } from '../../shared/db/transaction.ts'
import { record } from '../../shared/events/record.ts'
import { sealCredentials } from '../../shared/sync/credentials.ts'
import { PLATFORM_TENANT_ID, runAs, systemActor } from '../../shared/tenant.ts'
import { provisionTenant } from '../../shared/warehouse/provision.ts'
import type { OfferedStore } from './sandboxes.ts'

export type Login = { email: string; password: string; role: string }
export type OnboardedTenant = {
  tenant_id: string
  name: string
  brands: { brand_id: string; name: string }[]
  logins: Login[]
}

const NAMESPACE = '0b9a7d1e-6f0e-5a53-a9f0-5b6c1f0d3c11'
const PLATFORM = 'Pulsepoint Platform'

/** Makes the platform tenant and a tenant for each name among the offered stores; what is there already stays as it is. */
export async function onboard(stores: readonly OfferedStore[], password: string): Promise<OnboardedTenant[]> {
  const hashed = await hashPassword(password)
  const byTenant = Map.groupBy(stores, (store) => store.tenant)
  const platform = { tenantId: PLATFORM_TENANT_ID, name: PLATFORM, stores: [], roles: ['operator'] }
  const demo = [...byTenant].map(([name, its]) => ({
    tenantId: uuidv5(name, NAMESPACE),
    name,
    stores: its,
    roles: ['admin', 'analyst'],
  }))
  const onboarded: OnboardedTenant[] = []
  for (const tenant of [platform, ...demo]) {
    const users = tenant.roles.map((role) => ({ email: `${role}@${slug(tenant.name)}.example`, role, hashed }))
    const asTenant = <T>(work: () => Promise<T>): Promise<T> =>
      runAs(systemActor(tenant.tenantId, 'onboarding', 'start'), work)
    await asTenant(() => found(tenant, users))
    await provisionTenant(tenant.tenantId) // before there is anything to be written into it
    await asTenant(() => addStores(tenant))
    onboarded.push({
      tenant_id: tenant.tenantId,
      name: tenant.name,
      brands: tenant.stores.map(({ brand }) => ({ brand_id: brandId(tenant.tenantId, brand), name: brand })),
      logins: users.map(({ email, role }) => ({ email, password, role })),
    })
  }
  return onboarded
}

type Tenant = { tenantId: string; name: string; stores: readonly OfferedStore[] }
type User = { email: string; role: string; hashed: string }

const brandId = (tenantId: string, brand: string): string => uuidv5(`${tenantId}:${brand}`, NAMESPACE)
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

async function found({ tenantId, name }: Tenant, users: readonly User[]): Promise<void> {
  await transaction(async (db) => {
    await db.query(sql`
      insert into tenants (id, company_name, created_at) values (${tenantId}, ${name}, ${clock.now()}) on conflict do nothing`)
    if (!(await db.one(sql`select key_id from tenant_keys where tenant_id = ${tenantId}`))) await addTenantKey(db)
    for (const user of users) await createUser(db, tenantId, user)
  })
}

const addStores = ({ tenantId, stores }: Tenant): Promise<void> =>
  transaction(async (db) => {
    for (const store of stores) await createBrand(db, tenantId, store)
  })

async function createUser(db: Db, tenantId: string, { email, role, hashed }: User): Promise<void> {
  await db.query(sql`
    insert into users (tenant_id, user_id, email, hashed_password, role, created_at, email_verified_at)
    values (${tenantId}, ${uuidv5(email, NAMESPACE)}, ${email}, ${hashed}, ${role}, ${clock.now()}, ${clock.now()}) on conflict do nothing`)
}

async function createBrand(db: Db, tenantId: string, store: OfferedStore): Promise<void> {
  const id = brandId(tenantId, store.brand)
  const shop = store.connections.find(({ provider }) => provider === 'shopify')?.account_id ?? null
  await db.query(sql`
    insert into brands (tenant_id, brand_id, name, shopify_store_url, time_zone, currency, created_at)
    values (${tenantId}, ${id}, ${store.brand}, ${shop && `https://${shop}`}, ${store.time_zone}, ${store.currency}, ${clock.now()})
    on conflict do nothing`)
  for (const connection of store.connections) await connect(db, { tenantId, brandId: id, connection })
}

type Connecting = { tenantId: string; brandId: string; connection: OfferedStore['connections'][number] }

async function connect(db: Db, { tenantId, brandId: brand, connection }: Connecting): Promise<void> {
  const { provider, account_id, account_name, credentials, token_expires_at = null } = connection
  const integrationId = uuidv5(`${tenantId}:${provider}:${account_id}`, NAMESPACE)
  const sealed = await sealCredentials(await tenantKeys(db), integrationId, credentials)
  const made = await db.one(sql`
    insert into integrations (tenant_id, brand_id, integration_id, platform, account_id, account_name, access_token_encrypted,
      refresh_token_encrypted, token_expires_at, next_due_at, created_at)
    values (${tenantId}, ${brand}, ${integrationId}, ${provider}, ${account_id}, ${account_name}, ${sealed.access_token_encrypted},
      ${sealed.refresh_token_encrypted}, ${token_expires_at}, ${clock.now()}, ${clock.now()})
    on conflict do nothing returning integration_id`)
  if (made)
    await record(db, 'integration.connected', {
      data: { integration_id: integrationId, platform: provider },
      brandId: brand,
    })
}

import * as z from 'zod'
import { shopify } from '../../../functions/sync-shopify/connector.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { requested } from '../../flow/scripted.ts'
import { asSystem } from '../../support/tenants.ts'

/** A process whose only delivery is one slice of the connection's hour. */
const tenant = z
  .object({ tenantId: z.string(), brandId: z.string(), integrationId: z.string() })
  .parse(JSON.parse(process.argv[2] ?? ''))
await asSystem(tenant.tenantId, () => syncConnection(shopify, requested(tenant), { mustStop: () => false }))
process.exit(0)

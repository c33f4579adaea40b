import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { noSuchBrand } from '../brands/brand.ts'
import type { LockedConnection } from './locked.ts'
import { AskedRun, requestSyncs } from './request-syncs.ts'

export const triggerAllSyncs = operation({
  name: 'trigger_all_syncs',
  description:
    'Syncs every active connection of the tenant, or of one brand, now. Runs that wait or run already are answered again.',
  http: { method: 'post', path: '/api/sync', status: 202 },
  permission: 'integrations:manage',
  surfaces: ['http', 'mcp'],
  input: z
    .object({ brand_id: z.uuid().optional() })
    .meta({ examples: [{}, { brand_id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f' }] }),
  output: z.object({ runs: z.array(AskedRun) }),
  run: ({ brand_id = null }) =>
    transaction(async (db) => {
      if (brand_id !== null) await requireBrand(db, brand_id)
      // In one order, so that two such requests never wait for each other.
      const connections = await db.query<Pick<LockedConnection, 'integration_id' | 'platform'>>(sql`
        select integration_id, platform from integrations
        where tenant_id = ${actor().tenantId} and status = 'active'
          and (${brand_id}::uuid is null or brand_id = ${brand_id}::uuid)
        order by integration_id for no key update`)
      return { runs: await requestSyncs(db, connections) }
    }),
})

async function requireBrand(db: Db, brandId: string): Promise<void> {
  const { tenantId } = actor()
  if (!(await db.one(sql`select brand_id from brands where tenant_id = ${tenantId} and brand_id = ${brandId}`)))
    throw noSuchBrand()
}

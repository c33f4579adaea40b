import { createLocalJWKSet, jwtVerify } from 'jose'
import { beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import { listPublicKeys } from '../../../shared/operations/system/public-keys.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { datasetId } from '../../../shared/warehouse/dataset.ts'
import { insertRows } from '../../../shared/warehouse/insert.ts'
import { query } from '../../../shared/warehouse/query.ts'
import { asSystem } from '../../support/tenants.ts'
import { eventRow } from './rows.ts'
import { useWarehouse } from './use-warehouse.ts'

const warehouse = useWarehouse()
const Count = z.object({ n: z.bigint() })
const countIn = (tenantId: string, dataset: string) =>
  asSystem(tenantId, () =>
    query(tenantId, { sql: `select count(*) as n from \`${dataset}.observability_events\``, row: Count }),
  )

let exchanged: string[] = []
beforeEach(() => {
  exchanged = []
  warehouse.onExchange = (form) => void exchanged.push(form.get('subject_token') ?? '')
})

test('a read shows the tenant’s own credentials: SQL of ours that names another tenant’s dataset is refused', async () => {
  const [ours, theirs] = [await warehouse.tenant(), await warehouse.tenant()]
  for (const tenantId of [ours, theirs])
    await asSystem(tenantId, () => insertRows(tenantId, 'observability_events', [eventRow()]))
  expect(await countIn(ours, datasetId(ours))).toEqual([{ n: 1n }])
  for (const foreign of [datasetId(theirs), datasetId(PLATFORM_TENANT_ID)])
    await expect(countIn(ours, foreign)).rejects.toMatchObject({ details: { status: 403 } })
  expect(await countIn(theirs, datasetId(theirs))).toEqual([{ n: 1n }])
})

test('one exchange serves a tenant’s reads, with a token of five minutes that our published keys verify', async () => {
  const tenantId = await warehouse.tenant()
  await Promise.all([1, 2, 3].map(() => countIn(tenantId, datasetId(tenantId))))
  await countIn(tenantId, datasetId(tenantId))
  expect(exchanged).toHaveLength(1)
  const { keys } = await listPublicKeys.run({})
  expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']])
  const { payload } = await jwtVerify(exchanged[0] ?? '', createLocalJWKSet({ keys }), { algorithms: ['ES256'] })
  expect(payload).toMatchObject({ iss: 'http://localhost:8080', aud: 'pulsepoint-warehouse', sub: tenantId })
  expect(Number(payload.exp) - Number(payload.iat)).toBe(300)
})

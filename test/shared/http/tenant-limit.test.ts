import { beforeAll, expect, it } from 'vitest'
import { buildApi } from '../../../shared/http/api.ts'
import { TIER_LIMITS, type TierLimits } from '../../../shared/http/tier-limits.ts'
import { buildMcp } from '../../../shared/mcp/endpoint.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import { PLENTY } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { ask, serveApp } from '../../support/http.ts'
import { type SignedIn, signIn } from '../../support/people.ts'
import { createTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const NOON = Date.parse('2026-11-20T12:00:20Z')
const few = { machine: { perMinute: 2, perHour: 50 }, person: { perMinute: 3 } }
const tiers: TierLimits = { ...TIER_LIMITS, starter: few }
const tenantLimit = { tiers, nowMs: () => NOON, deadlineMs: 10_000 }
const tool = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_brands', arguments: {} } }
const accept = { accept: 'application/json, text/event-stream' }

let api = ''
let mcp = ''
let ana: SignedIn
let bob: SignedIn
let rich: SignedIn
beforeAll(async () => {
  api = await serveApp(buildApi({ operations: OPERATIONS, ipLimit: PLENTY.ipLimit, tenantLimit }))
  mcp = await serveApp(buildMcp({ operations: OPERATIONS, ipLimit: PLENTY.ipLimit, tenantLimit }))
  const { tenantId } = await createTenant('small')
  ana = await signIn(tenantId)
  bob = await signIn(tenantId)
  rich = await signIn((await createTenant('large')).tenantId)
  await database.asAdmin("update tenants set subscription_tier = 'pro' where id = $1", [rich.tenantId])
})

const limitOf = ({ status, headers }: Awaited<ReturnType<typeof ask>>) => [
  status,
  ...['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'].map((name) => headers.get(name)),
]

it('counts each person by the tier, shows what is left, refuses with 429, and nobody else pays', async () => {
  const asked = []
  for (let n = 0; n < 4; n += 1) asked.push(limitOf(await ask(`${api}/api/brands`, ana)))
  expect(asked).toEqual([
    [200, '3', '2', '40', null],
    [200, '3', '1', '40', null],
    [200, '3', '0', '40', null],
    [429, '3', '0', '40', '40'],
  ])
  expect(limitOf(await ask(`${api}/api/brands`, bob))).toEqual([200, '3', '2', '40', null])
  expect(limitOf(await ask(`${api}/api/brands`, rich))).toEqual([200, '600', '599', '40', null])
  expect((await ask(`${api}/api/brands`, ana)).body).toMatchObject({ error: { code: 'RATE_LIMITED' } })
})

it('counts an MCP client as a machine of its own', async () => {
  const call = () => ask(`${mcp}/mcp`, { ...bob, body: tool, headers: accept })
  expect(limitOf(await call())).toEqual([200, '2', '1', '40', null])
  expect(limitOf(await call())).toEqual([200, '2', '0', '40', null])
  expect(limitOf(await call())).toEqual([429, '2', '0', '40', '40'])
  expect(await ask(`${mcp}/mcp`, { ...rich, body: [tool, tool], headers: accept })).toMatchObject({ status: 400 })
})

it('comes before the permission and before the input is read', async () => {
  const asked = await ask(`${api}/api/brands?surprise=1`, ana)
  expect(asked.status).toBe(429)
})

it('shows the limit of the address where that is the tighter one', async () => {
  const app = buildApi({ operations: OPERATIONS, ipLimit: { perMinute: 5 }, tenantLimit: { deadlineMs: 10_000 } })
  const asked = await ask(`${await serveApp(app)}/api/brands`, rich)
  expect(limitOf(asked).slice(0, 3)).toEqual([200, '5', '4'])
})

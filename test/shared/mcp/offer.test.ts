import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, it } from 'vitest'
import { withCompleteness } from '../../../shared/mcp/completeness.ts'
import { buildMcp } from '../../../shared/mcp/endpoint.ts'
import { WRITTEN } from '../../../shared/mcp/written-prompts.ts'
import { METRICS } from '../../../shared/metrics/catalog.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import type { Role } from '../../../shared/tenant.ts'
import { PLENTY } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { serveApp } from '../../support/http.ts'
import { useMcpClients } from '../../support/mcp.ts'
import { signIn } from '../../support/people.ts'
import { createTenant, type TestTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const connect = useMcpClients()
let origin: string
let ours: TestTenant
let theirs: TestTenant
let analyst: Client
let stranger: Client

beforeAll(async () => {
  origin = await serveApp(buildMcp({ operations: OPERATIONS, ...PLENTY }))
  ours = await createTenant('ours')
  theirs = await createTenant('theirs')
  // 102 brands: more than a page of resources.
  await database.asAdmin(
    `insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
     select $1, gen_random_uuid(), 'shop ' || lpad(n::text, 3, '0'), 'UTC', 'EUR', now() from generate_series(1, 101) n`,
    [ours.tenantId],
  )
  analyst = await as('analyst')
  stranger = await as('operator')
})

const as = async (role: Role, tenant = ours): Promise<Client> =>
  connect(origin, (await signIn(tenant.tenantId, role)).token)

describe('a result', () => {
  it('says whether it is whole, and leads to the rest', async () => {
    const page = async (cursor?: unknown) =>
      (await analyst.callTool({ name: 'list_brands', arguments: { limit: 60, ...(cursor ? { cursor } : {}) } }))
        .structuredContent as { complete: boolean; brands: object[]; next_cursor: string | null } // checked by the client
    const first = await page()
    const second = await page(first.next_cursor)
    expect([first.complete, first.brands.length, second.complete, second.brands.length]).toEqual([false, 60, true, 42])
    const { content } = await analyst.callTool({ name: 'get_brand', arguments: { id: ours.brandId } })
    expect(content).toEqual([{ type: 'text', text: expect.stringMatching(/^\{"complete":true,/) }])
  })

  it('is not whole either when rows were left out', () => {
    expect(withCompleteness({ rows: [], rows_left_out: 3 })).toMatchObject({ complete: false })
    expect(withCompleteness({ rows: [], rows_left_out: 0, next_cursor: null })).toMatchObject({ complete: true })
  })

  it('of every reading tool has the flag in its schema', async () => {
    const { tools } = await (await as('admin')).listTools()
    const without = tools.filter(({ annotations, outputSchema }) =>
      annotations?.readOnlyHint ? !outputSchema?.required?.includes('complete') : false,
    )
    expect(without.map(({ name }) => name)).toEqual([])
  })
})

describe('resources', () => {
  it('are the catalogue of metrics and every brand, page by page', async () => {
    const first = await analyst.listResources()
    const second = await analyst.listResources({ cursor: first.nextCursor })
    const uris = [...first.resources, ...second.resources].map(({ uri }) => uri)
    expect([first.resources.length, second.resources.length, second.nextCursor]).toEqual([101, 2, undefined])
    expect(new Set(uris).size).toBe(103)
    expect(uris).toContain(`pulsepoint://brands/${ours.brandId}`)
    expect(uris).not.toContain(`pulsepoint://brands/${theirs.brandId}`)
  })

  it('are read as the operations answer', async () => {
    const read = async (uri: string): Promise<unknown> => {
      const { contents } = await analyst.readResource({ uri })
      const [first] = contents
      return first && 'text' in first ? JSON.parse(first.text) : null
    }
    expect(await read('pulsepoint://metrics')).toMatchObject({
      metrics: METRICS.map(({ id, definition }) => ({ id, definition })),
    })
    expect(await read(`pulsepoint://brands/${ours.brandId}`)).toMatchObject({ brand: { name: 'ours brand' } })
  })

  it('of others are as unknown as those that do not exist, and hidden from those without the right', async () => {
    for (const uri of [theirs.brandId, uuidv7()].map((id) => `pulsepoint://brands/${id}`))
      await expect(analyst.readResource({ uri })).rejects.toMatchObject({ code: -32002, data: { code: 'NOT_FOUND' } })
    await expect(analyst.readResource({ uri: 'file:///etc/passwd' })).rejects.toMatchObject({ code: -32002 })
    await expect(analyst.readResource({ uri: 'pulsepoint://brands/x' })).rejects.toMatchObject({ code: -32602 })
    expect((await stranger.listResources()).resources).toEqual([])
    expect((await stranger.listResourceTemplates()).resourceTemplates).toEqual([])
    await expect(stranger.readResource({ uri: 'pulsepoint://metrics' })).rejects.toMatchObject({ code: -32002 })
  })
})

describe('prompts', () => {
  it('have the brand and the days in them and forbid figures of nobody', async () => {
    const { prompts } = await analyst.listPrompts()
    expect(prompts.map(({ name }) => name)).toEqual(['weekly_review', 'why_did_roas_drop'])
    const given = { brand: 'Nørd "Co"', period: '2026-11-02 to 2026-11-08' }
    const { messages } = await analyst.getPrompt({ name: 'why_did_roas_drop', arguments: given })
    const text = JSON.stringify(messages)
    for (const part of [JSON.stringify(given.brand), given.period, 'Invent none']) {
      expect(text).toContain(JSON.stringify(part).slice(1, -1))
    }
    await expect(analyst.getPrompt({ name: 'why_did_roas_drop' })).rejects.toMatchObject({ code: -32602 })
    await expect(analyst.getPrompt({ name: 'nothing' })).rejects.toMatchObject({ code: -32602 })
    expect((await stranger.listPrompts()).prompts).toEqual([])
  })

  it('complete a brand by the names of this tenant alone', async () => {
    const complete = async (client: Client, value: string): Promise<string[]> => {
      const ref = { type: 'ref/prompt', name: 'weekly_review' } as const
      return (await client.complete({ ref, argument: { name: 'brand', value } })).completion.values
    }
    expect(await complete(analyst, 'ou')).toEqual(['ours brand'])
    expect(await complete(analyst, 'theirs')).toEqual([])
    expect(await complete(await as('analyst', theirs), '')).toEqual(['theirs brand'])
  })

  it('name nothing that is not there', () => {
    const read = OPERATIONS.filter(({ surfaces }) => surfaces.includes('mcp')).map(({ name }) => name)
    const fields = ['change', 'null', 'provisional_since', 'incomplete', 'complete: false']
    const known = new Set<string>([...read, ...METRICS.map(({ id }) => id), ...fields])
    for (const { write } of WRITTEN) {
      const named = [...write({ subject: '', days: '' }).matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
      expect(named.filter((name) => !known.has(name))).toEqual([])
      expect(named).toContain('get_metrics')
    }
  })
})

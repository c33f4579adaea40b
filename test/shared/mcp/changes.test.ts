import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { buildMcp } from '../../../shared/mcp/endpoint.ts'
import { pathsOf } from '../../../shared/operation.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'
import { arrangeTenant, type Place, signInAs } from '../../contracts/arrange.ts'
import { PLENTY } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { serveApp } from '../../support/http.ts'
import { useMcpClients } from '../../support/mcp.ts'

const database = useDatabase()
useCloud()
const connect = useMcpClients()
let place: Place
let client: Client

beforeAll(async () => {
  const origin = await serveApp(buildMcp({ operations: OPERATIONS, ...PLENTY }))
  place = await arrangeTenant('ours')
  client = await connect(origin, await signInAs(place, 'admin'))
})

const changes = OPERATIONS.filter(({ surfaces, http }) => surfaces.includes('mcp') && http.method !== 'get')
const Examples = z.object({ examples: z.array(z.record(z.string(), z.unknown())).default([]) })

/** The schema's own example, with an id of the tenant's where the path has one. */
function givenTo(operation: (typeof OPERATIONS)[number]): Record<string, unknown> {
  const [, entity] = /([\w-]+)\/\{id\}/.exec(pathsOf(operation)[0] ?? '') ?? []
  const [example = {}] = Examples.parse(z.toJSONSchema(operation.input, { io: 'input' })).examples
  return { ...example, ...(entity !== undefined && { id: place.ids[entity] }) }
}

/** Every row of every table that a person could see changed, but what a request leaves behind itself. */
async function everything(): Promise<string> {
  const tables = await database.asAdmin<{ name: string }>(`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname not in ('pending_actions', 'observability_events', 'outbox', 'sessions', 'users') order by 1`)
  const rowsOf = tables.map(({ name }) => `select '${name}' as name, to_jsonb(t) as row from ${name} t`)
  const rows = await database.asAdmin(`${rowsOf.join(' union all ')} order by 1, 2`)
  return JSON.stringify(rows)
}

describe('what changes something', () => {
  it('is what people act on: alerts, advice and syncs', () => {
    expect(changes.map(({ name }) => name).sort()).toEqual([
      'accept_recommendation',
      'acknowledge_alert',
      'dismiss_recommendation',
      'resolve_alert',
      'trigger_all_syncs',
    ])
  })

  it.each(changes.map((operation) => [operation.name, operation] as const))(
    '%s stores a wish and nothing else',
    async (name, operation) => {
      const { tools } = await client.listTools()
      expect(tools.find((tool) => tool.name === name)).toMatchObject({
        description: expect.stringContaining('a person approves'),
        annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
      })
      const before = await everything()
      const given = givenTo(operation)
      const { structuredContent } = await client.callTool({ name, arguments: given })
      expect(structuredContent).toMatchObject({ status: 'pending', pending_action_id: expect.any(String) })
      expect(await everything()).toBe(before)
      const asked = await database.asAdmin('select input, status from pending_actions where operation = $1', [name])
      expect(asked).toEqual([{ input: given, status: 'pending' }])
    },
  )
})

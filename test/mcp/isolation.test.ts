import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { beforeAll, expect, it } from 'vitest'
import { buildMcp } from '../../shared/mcp/endpoint.ts'
import { operation, pathsOf } from '../../shared/operation.ts'
import { listBrands } from '../../shared/operations/brands/list.ts'
import type { AnyOperation } from '../../shared/operations/call.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { arrangeTenant, type Place } from '../contracts/arrange.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { serveApp } from '../support/http.ts'
import { PLENTY } from '../support/limits.ts'
import { useMcpClients } from '../support/mcp.ts'
import { createKey } from './keys.ts'

useDatabase()
useCloud()
const connect = useMcpClients()

const ROUNDS = 2
/** `marks`: all that would tell another tenant of it, its name (in those of its brand and shop) and every id. */
type Side = { place: Place; key: string; marks: string[] }
let sides: [Side, Side]

beforeAll(async () => {
  sides = [await sideOf('aurora'), await sideOf('boreal')]
})

async function sideOf(name: string): Promise<Side> {
  const place = await arrangeTenant(name)
  return { place, key: await createKey(place.tenantId), marks: [name, ...Object.values(place.ids)] }
}

/** Everything that can be read: by each tool, as resources, and what a prompt completes. */
function readsOf(client: Client, { brandId, ids }: Place, operations: readonly AnyOperation[]): Promise<unknown>[] {
  const tools = operations.filter(({ surfaces, http }) => surfaces.includes('mcp') && http.method === 'get')
  return [
    ...tools.map((tool) => {
      const [, entity] = /([\w-]+)\/\{\w+\}/.exec(pathsOf(tool)[0] ?? '') ?? []
      return client.callTool({ name: tool.name, arguments: entity === undefined ? {} : { id: ids[entity] } })
    }),
    client.listResources(),
    client.readResource({ uri: `pulsepoint://brands/${brandId}` }),
    client.complete({ ref: { type: 'ref/prompt', name: 'weekly_review' }, argument: { name: 'brand', value: '' } }),
  ]
}

/** Both tenants read everything of one server at once; answers to the one that tell of the other. */
async function leaksOf(operations: readonly AnyOperation[]): Promise<string[]> {
  const origin = await serveApp(buildMcp({ operations, ...PLENTY }))
  const told = async ({ key, place, marks }: Side, other: Side): Promise<string[]> => {
    const client = await connect(origin, key)
    const reads = Array.from({ length: ROUNDS }, () => readsOf(client, place, operations)).flat()
    const answers = (await Promise.all(reads)).map((answer) => JSON.stringify(answer))
    expect(answers.filter((answer) => answer.includes('"isError"'))).toEqual([])
    expect(answers.filter((answer) => marks.some((mark) => answer.includes(mark))).length).toBeGreaterThan(20)
    return answers.filter((answer) => other.marks.some((mark) => answer.includes(mark)))
  }
  const [one, other] = sides
  return (await Promise.all([told(one, other), told(other, one)])).flat()
}

it('two tenants that read everything of one server at once see no row of each other', async () => {
  expect(await leaksOf(OPERATIONS)).toEqual([])
})

it('a server that keeps something between requests is found out', async () => {
  let kept: ReturnType<typeof listBrands.run> | undefined
  const leaky = operation({
    ...listBrands,
    name: 'list_brands_again',
    http: { method: 'get', path: '/api/brands-again' },
    run: (input) => {
      kept ??= listBrands.run(input)
      return kept
    },
  })
  expect((await leaksOf([...OPERATIONS, leaky])).length).toBe(ROUNDS)
})

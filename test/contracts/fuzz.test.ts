import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import { ERRORS } from '../../shared/errors.ts'
import { openApiDocument } from '../../shared/http/openapi.ts'
import { pathsOf } from '../../shared/operation.ts'
import { strict } from '../../shared/operations/call.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { ROLES, type Role } from '../../shared/tenant.ts'
import { useApi } from '../support/api.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { inputsOf } from './arbitrary.ts'
import { arrangeTenant, type Place, rowsIn, signInAs } from './arrange.ts'

useDatabase()
useCloud()
const call = useApi()

/** FUZZ_REQUESTS=20000 in CI; FUZZ_SEED replays what a failure printed. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 1_000)
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)
/** Some operations end the session or the company they are called in. */
const REQUESTS_A_TENANT = 40

const OFFERED = new Map(
  OPERATIONS.filter(({ surfaces }) => surfaces.includes('http')).map((operation) => [operation.name, operation]),
)
const ROLE_NAMES = Object.keys(ROLES) as Role[] // the keys of ROLES are what Role is made of
const ErrorAnswer = z.object({
  error: z.strictObject({
    code: z.enum(Object.keys(ERRORS) as [keyof typeof ERRORS]), // its own keys
    message: z.string().min(1),
    request_id: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
})
/** Words of our machine room that no answer may hold, unless the caller said them first. */
const INSIDE =
  /\bat \S+ \(|node_modules|\.ts:\d+|\bselect .+ from\b|\binsert into\b|violates .* constraint|invalid input syntax|pulsepoint_app|ECONN/i

let place: Place
let tokens: Map<Role, string>
let asked = 0
const counts = new Map<number, number>()

beforeAll(freshTenant)
async function freshTenant(): Promise<void> {
  place = await arrangeTenant(`fuzz ${asked}`)
  tokens = new Map(await Promise.all(ROLE_NAMES.map(async (role) => [role, await signInAs(place, role)] as const)))
}
afterAll(() => console.log(`seed ${SEED}: answers by status ${JSON.stringify(Object.fromEntries([...counts].sort()))}`))

const published = z
  .object({ paths: z.record(z.string(), z.record(z.string(), z.object({}).loose())) })
  .parse(openApiDocument([...OFFERED.values()], 'http://x'))
const requests = fc.constantFrom(...OFFERED.values()).chain((operation) =>
  fc.record({
    name: fc.constant(operation.name),
    path: fc.constantFrom(...pathsOf(operation)),
    input: inputsOf(z.toJSONSchema(operation.input, { io: 'input' })),
    role: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Role>('admin') },
      { weight: 1, arbitrary: fc.constantFrom(...ROLE_NAMES) },
    ),
    ownId: fc.boolean(),
  }),
)

/** Node refuses an address of more than 16 KB itself, before there is a request. */
const HEAD_TOO_LARGE = 431

it(`answers ${REQUESTS} generated requests without a 5xx, a broken schema or a word from inside`, async () => {
  await fc.assert(
    fc.asyncProperty(requests, async ({ name, path, input, role, ownId }) => {
      const operation = OFFERED.get(name)
      if (!operation) throw new Error(`There is no ${name}.`)
      asked += 1
      if (asked % REQUESTS_A_TENANT === 0) await freshTenant()
      expect(published.paths[path]).toHaveProperty(operation.http.method)
      const { url, body } = requestOf({ template: path, method: operation.http.method, input, ownId })
      const answer = await call(url, {
        method: operation.http.method.toUpperCase(),
        token: tokens.get(role) ?? '',
        ...(body && { body }),
      })
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1)
      expect(answer.status).toBeLessThan(500)
      const text = JSON.stringify(answer.body) ?? ''
      expect(INSIDE.test(text) && !INSIDE.test(JSON.stringify(input))).toBe(false)
      if (answer.status === HEAD_TOO_LARGE) {
        expect(answer.body).toBe('')
        return
      }
      if (answer.status >= 400) {
        expect(ErrorAnswer.safeParse(answer.body).error).toBeUndefined()
        return
      }
      expect(answer.status).toBe(operation.http.status ?? 200)
      for (const body of operation.produces ? rowsIn(answer.body) : [answer.body])
        expect(strict(operation.output).safeParse(body).error).toBeUndefined()
    }),
    { numRuns: REQUESTS, seed: SEED, endOnFailure: true },
  )
}, 1_800_000)

type Asked = { template: string; method: string; input: Record<string, unknown>; ownId: boolean }

/** Fields of the path go into it, the rest into the query or the body. */
function requestOf({ template, method, input, ownId }: Asked): { url: string; body?: Record<string, unknown> } {
  const rest = { ...input }
  const entity = /([\w-]+)\/\{/.exec(template)?.[1] ?? ''
  const url = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = ownId ? (place.ids[entity] ?? rest[name]) : rest[name]
    delete rest[name]
    return encodeURIComponent(textOf(value))
  })
  if (['post', 'put', 'patch'].includes(method)) return { url, body: rest }
  const query = new URLSearchParams(
    Object.entries(rest).map(([name, value]): [string, string] => [name, textOf(value)]),
  )
  return { url: `${url}?${query}` }
}

const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value)) || '-'

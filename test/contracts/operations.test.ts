import { v7 as uuidv7 } from 'uuid'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { exampleOf } from '../../shared/http/docs/example.ts'
import { pathsOf } from '../../shared/operation.ts'
import { strict } from '../../shared/operations/call.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { PLATFORM_TENANT_ID, ROLES, type Role } from '../../shared/tenant.ts'
import { provisionTenant } from '../../shared/warehouse/provision.ts'
import { useApi } from '../support/api.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { signIn } from '../support/people.ts'
import { arrangeTenant, type Place, rowsIn } from './arrange.ts'

useDatabase()
useCloud()
const call = useApi()

const ROLE_NAMES = Object.keys(ROLES) as Role[] // the keys of ROLES are what Role is made of
const Examples = z.object({ examples: z.array(z.record(z.string(), z.unknown())).default([]) })
const WRITES = ['post', 'put', 'patch']

let ours: Place
let theirs: Place
/** Operators are the platform's own people; every tenant is theirs to look after. */
const OPERATOR = 'operator of the platform'

beforeAll(async () => {
  ours = await arrangeTenant('ours')
  theirs = await arrangeTenant('theirs')
  await provisionTenant(PLATFORM_TENANT_ID)
})

/** Of somebody who has just signed in: an operation may end sessions. */
const tokenOf = async (who: Role | typeof OPERATOR): Promise<string> => {
  const { token } = who === OPERATOR ? await signIn(PLATFORM_TENANT_ID, 'operator') : await signIn(ours.tenantId, who)
  return token
}
const mayCall = ({ permission }: (typeof OPERATIONS)[number], role: Role): boolean => {
  // Our tenant is not the platform's, and nobody operates the platform from outside.
  const held: readonly string[] = role === 'operator' ? [] : ROLES[role]
  return permission === 'public' || permission === 'authenticated' || held.includes(permission)
}

/** `api-keys` of `/api/api-keys/{id}`, `flags` of `/api/admin/flags/{id}`: the word before the first id. */
const entityOf = (template: string): string => /([\w-]+)\/\{/.exec(template)?.[1] ?? ''

/** The path with our own ids in it, or with `id` in place of the first. */
function pathOf(operation: (typeof OPERATIONS)[number], id?: string, template = pathsOf(operation)[0] ?? ''): string {
  const entity = entityOf(template)
  return template.replace(/\{\w+\}/g, id ?? ours.ids[entity] ?? `no id known of ${entity}`)
}

/** A request that the schema's own examples fill; writes get their example as body. */
function requestOf(operation: (typeof OPERATIONS)[number], extra: Record<string, unknown> = {}) {
  const method = operation.http.method
  if (!WRITES.includes(method)) return { method: method.toUpperCase() }
  const [example = {}] = Examples.parse(z.toJSONSchema(operation.input, { io: 'input' })).examples
  return { method: method.toUpperCase(), body: { ...example, ...extra } }
}

/** What the path gives; an example is a body and does not repeat it. */
const fieldsInPath = (operation: (typeof OPERATIONS)[number]): Record<string, string> =>
  Object.fromEntries([...(pathsOf(operation)[0] ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, uuidv7()]))

const Fields = z.object({ properties: z.record(z.string(), z.object({ format: z.string().optional() })).default({}) })
/** Days and instants that a caller may choose. */
const calendarFieldsOf = ({ input }: (typeof OPERATIONS)[number]): { name: string; isDay: boolean }[] =>
  Object.entries(Fields.parse(z.toJSONSchema(input, { io: 'input' })).properties)
    .filter(([, { format }]) => format === 'date' || format === 'date-time')
    .map(([name, { format }]) => ({ name, isDay: format === 'date' }))

describe.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
  const isPublic = operation.permission === 'public'
  const hasId = pathsOf(operation)[0]?.includes('{') ?? false
  /** What does not apply to an operation is not a test of it. */
  const itWhen = (applies: boolean): typeof it | (() => void) => (applies ? it : () => undefined)
  const forOperators = operation.permission === 'platform:manage'
  const anyone = ROLE_NAMES.find((role) => mayCall(operation, role))
  const allowed = (): Promise<string> => tokenOf(forOperators ? OPERATOR : (anyone ?? 'admin'))

  itWhen(!isPublic)('is refused without a token, with 401', async () => {
    for (const path of pathsOf(operation)) {
      const answer = await call(pathOf(operation, undefined, path), requestOf(operation))
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHENTICATED' } } })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  itWhen(!isPublic)('is refused to every role without its permission, with 403, and to no other', async () => {
    for (const role of ROLE_NAMES) {
      const answer = await call(pathOf(operation), { ...requestOf(operation), token: await tokenOf(role) })
      expect([role, answer.status === 403]).toEqual([role, !mayCall(operation, role)])
    }
  })

  it('refuses an unknown field with 400, naming it', async () => {
    const isWrite = WRITES.includes(operation.http.method)
    const path = isWrite ? pathOf(operation) : `${pathOf(operation)}?surprise=1`
    const asked = { ...requestOf(operation, { surprise: 1 }), token: await allowed() }
    const answer = await call(path, asked)
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INPUT_INVALID' } } })
    expect(answer.body).toHaveProperty('error.details.fields.surprise')
  })

  itWhen(hasId && !forOperators)("knows another tenant's id no better than an unknown one", async () => {
    const entity = entityOf(pathsOf(operation)[0] ?? '')
    const asked = { ...requestOf(operation), token: await allowed(), headers: { 'x-request-id': 'same' } }
    const foreign = await call(pathOf(operation, theirs.ids[entity]), asked)
    const unknown = await call(pathOf(operation, uuidv7()), asked)
    expect(foreign).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } })
    expect(foreign.body).toEqual(unknown.body)
  })

  const calendar = calendarFieldsOf(operation)
  itWhen(operation.http.method === 'get' && calendar.length > 0)('answers at the ends of the calendar', async () => {
    const token = await allowed()
    for (const year of ['0000', '0001', '1900', '2199', '9999']) {
      for (const { name, isDay } of calendar) {
        const query = new URLSearchParams({ [name]: isDay ? `${year}-12-31` : `${year}-12-31T00:00:00Z` })
        expect([year, name, (await call(`${pathOf(operation)}?${query}`, { token })).status < 500]).toEqual([
          year,
          name,
          true,
        ])
      }
    }
  })

  itWhen(!isPublic && operation.http.method === 'get')('answers what its output schema says, no more', async () => {
    const answer = await call(pathOf(operation), { token: await allowed() })
    expect(answer.status).toBe(200)
    const bodies = operation.produces ? rowsIn(answer.body) : [answer.body]
    for (const body of bodies) expect(strict(operation.output).safeParse(body).error?.issues ?? []).toEqual([])
    if (!forOperators) expect(JSON.stringify(answer.body)).not.toContain(theirs.tenantId)
    // An export has our own record of having asked for their brand.
    if (!operation.produces) expect(JSON.stringify(answer.body)).not.toContain(theirs.brandId)
  })

  itWhen(!isPublic && operation.http.method === 'get')('takes its own example', async () => {
    const example = exampleOf(operation.input, pathsOf(operation)[0] ?? '').rest
    const query = Object.entries(example).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, String(one)]),
    )
    const answer = await call(`${pathOf(operation)}?${new URLSearchParams(query)}`, { token: await allowed() })
    expect(answer).toMatchObject({ status: 200 })
  })

  itWhen(WRITES.includes(operation.http.method))(
    'refuses a body of more than a megabyte with 413, and text with 415',
    async () => {
      const asked = { method: operation.http.method.toUpperCase(), token: await allowed() }
      const large = await call(pathOf(operation), { ...asked, body: { filler: 'x'.repeat(1_100_000) } })
      const text = await call(pathOf(operation), { ...asked, body: 'hello', headers: { 'content-type': 'text/plain' } })
      expect([large.status, text.status]).toEqual([413, 415])
    },
  )

  itWhen(!isPublic && operation.http.method === 'post')('is done once for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': uuidv7() }
    const asked = { ...requestOf(operation), token: await allowed(), headers }
    const first = await call(pathOf(operation), asked)
    const second = await call(pathOf(operation), asked)
    if (first.status >= 400 || second.status === 401) return // it was not done, or it has ended the session
    expect({ status: second.status, body: second.body }).toEqual({ status: first.status, body: first.body })
    expect(second.headers.get('idempotency-replayed')).toBe('true')
  })

  it('has examples that its own schemas accept', () => {
    for (const [schema, io] of [[operation.input, 'input'] as const, [operation.output, 'output'] as const]) {
      for (const example of Examples.parse(z.toJSONSchema(schema, { io })).examples) {
        const whole = io === 'input' ? { ...fieldsInPath(operation), ...example } : example
        expect(strict(schema).safeParse(whole).error?.issues ?? []).toEqual([])
      }
    }
  })
})

it('prints who may do what', () => {
  const width = Math.max(...OPERATIONS.map(({ name }) => name.length))
  const lines = OPERATIONS.map((operation) => {
    const cells = ROLE_NAMES.map((role) => (mayCall(operation, role) ? 'yes' : '-').padEnd(role.length))
    return `${operation.name.padEnd(width)}  ${cells.join('  ')}  ${operation.permission}`
  })
  console.log([`${'operation'.padEnd(width)}  ${ROLE_NAMES.join('  ')}  needs`, ...lines].join('\n'))
  expect(lines.length).toBe(OPERATIONS.length)
})

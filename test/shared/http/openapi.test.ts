import { describe, expect, it } from 'vitest'
import { openApiDocument } from '../../../shared/http/openapi.ts'
import { pathsOf } from '../../../shared/operation.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'

type Described = {
  operationId: string
  security?: unknown[]
  parameters: { name: string; in: string; required: boolean; schema: Record<string, unknown> }[]
  requestBody?: {
    content: Record<string, { schema: { required: string[]; additionalProperties: unknown }; example?: unknown }>
  }
  responses: Record<string, { content: Record<string, { schema: Record<string, unknown>; example?: unknown }> }>
}
type Document = {
  openapi: string
  paths: Record<string, Record<string, Described>>
  components: Record<string, object>
}

const document = JSON.parse(JSON.stringify(openApiDocument(OPERATIONS, 'https://api.pulsepoint.test'))) as Document // our own shape

describe('the OpenAPI document', () => {
  it('has every operation under all its paths, and nothing else', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    const routes = OPERATIONS.flatMap((operation) =>
      pathsOf(operation).map((path) => `${operation.http.method} ${path}`),
    )
    expect(described.sort()).toEqual(routes.sort())
    expect(document.openapi).toBe('3.1.0')
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('says what is in the path, what in the query and what in the body', () => {
    const dashboard = document.paths['/api/brands/{id}/dashboard']?.get
    expect(dashboard?.parameters.map((parameter) => [parameter.name, parameter.in, parameter.required])).toEqual([
      ['id', 'path', true],
      ['since', 'query', false],
      ['until', 'query', false],
      ['compare', 'query', false],
      ['model', 'query', false],
      ['ledger', 'query', false],
    ])
    const create = document.paths['/api/brands']?.post
    expect(create?.parameters.map(({ name, in: place }) => [name, place])).toEqual([['Idempotency-Key', 'header']])
    const login = document.paths['/api/auth/login']?.post
    expect(login?.parameters).toEqual([])
    const body = login?.requestBody?.content['application/json']
    expect(body?.schema).toMatchObject({ required: ['email', 'password'], additionalProperties: false })
    expect(body?.example).toMatchObject({ email: 'ana@example.com' })
    expect(login?.responses['200']?.content['application/json']?.example).toMatchObject({ token_type: 'Bearer' })
  })

  it('asks for a bearer token except where none is needed', () => {
    expect(document).toMatchObject({
      security: [{ bearer: [] }],
      components: { securitySchemes: { bearer: { scheme: 'bearer' } } },
    })
    expect(document.paths['/health']?.get?.security).toEqual([])
    expect(document.paths['/api/brands']?.get?.security).toBeUndefined()
  })

  it('has one schema for errors, to which every operation refers', () => {
    for (const methods of Object.values(document.paths)) {
      for (const { responses } of Object.values(methods)) {
        expect(responses.default?.content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/Error' })
      }
    }
    expect(document.components.schemas).toMatchObject({ Error: { required: ['error'] } })
  })
})

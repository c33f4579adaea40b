import * as z from 'zod'
import { config } from '../config.ts'
import { ERRORS, type ErrorCode } from '../errors.ts'
import { pathsOf } from '../operation.ts'
import type { AnyOperation } from '../operations/call.ts'
import { curlOf } from './docs/curl.ts'

type Json = Readonly<Record<string, unknown>>
const ObjectSchema = z.looseObject({
  properties: z.record(z.string(), z.looseObject({})).default({}),
  required: z.array(z.string()).default([]),
})

const CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]] // the keys of ERRORS are what ErrorCode is made of
const ErrorBody = z
  .object({
    error: z.object({
      code: z.enum(CODES),
      message: z.string(),
      request_id: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .meta({
    examples: [
      {
        error: {
          code: 'INPUT_INVALID',
          message: 'Not valid: limit.',
          request_id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
          details: { fields: { limit: ['Too big: expected number to be <=100'] } },
        },
      },
    ],
  })

/** OpenAPI 3.1 of the operations, from the schemas that validate them. */
export function openApiDocument(operations: readonly AnyOperation[], serverUrl: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operations) {
    pathsOf(operation).forEach((path, index) => {
      paths[path] = {
        ...paths[path],
        [operation.http.method]: describeOperation(operation, { path, alias: index, serverUrl }),
      }
    })
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pulsepoint API',
      version: config('VERSION'),
      description: 'Every answer is JSON; money is {amount, currency}.',
    },
    servers: [{ url: serverUrl }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token (JWT) or an API key (`pp_…`).' },
      },
      schemas: { Error: schemaOf(ErrorBody, 'output') },
    },
  }
}

/** What an operation is about: `brands` of `/api/brands/{id}`. */
export const tagOf = (path: string): string => /^\/(?:api|mcp)\/(?:v1\/)?([\w-]+)/.exec(path)?.[1] ?? 'system'

/** `alias` counts from 1; 0 is the path that everybody should use. */
type Place = { path: string; alias: number; serverUrl: string }

function describeOperation(operation: AnyOperation, { path, alias, serverUrl }: Place): Json {
  const { name, description, http, permission } = operation
  const success = { description: 'Done.', content: answerContent(operation) }
  return {
    operationId: [name, `${name}_alias`][alias] ?? `${name}_alias_${alias}`,
    summary: description.split(/[.:] /)[0],
    description: `${description}\n\n\`\`\`sh\n${curlOf(operation, serverUrl)}\n\`\`\``,
    tags: [tagOf(path)],
    ...(alias > 0 && { deprecated: true }),
    ...(permission === 'public' ? { security: [] } : { 'x-permission': permission }),
    ...takes(operation, path),
    responses: { [http.status ?? 200]: success, default: { description: 'What went wrong.', content: ERROR_CONTENT } },
  }
}

const ERROR_CONTENT = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Of your making: with one the request is carried out once in 24 hours, and the same request again gets the same answer, marked Idempotency-Replayed.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function takes({ http, input, permission }: AnyOperation, path: string): Json {
  const schema = schemaOf(input, 'input')
  const { properties, required } = ObjectSchema.parse(schema)
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  const parameters = Object.entries(properties)
    .filter(([name]) => inPath.includes(name) || ['get', 'delete'].includes(http.method))
    .map(([name, { description, ...of }]) => ({
      name,
      in: inPath.includes(name) ? 'path' : 'query',
      required: required.includes(name),
      ...(description !== undefined && { description }),
      schema: of,
    }))
  if (['get', 'delete'].includes(http.method)) return { parameters }
  const rest = Object.fromEntries(Object.entries(properties).filter(([name]) => !inPath.includes(name)))
  const body = {
    ...schema,
    additionalProperties: false,
    properties: rest,
    required: required.filter((name) => !inPath.includes(name)),
  }
  const isIdempotent = http.method === 'post' && permission !== 'public'
  if (isIdempotent) parameters.push(IDEMPOTENCY_KEY)
  return { parameters, requestBody: { required: body.required.length > 0, content: jsonContent(body) } }
}

/** JSON; events too where there is progress to tell of, in each of which `data` is what the schema says. Rows are given by the schema of one. */
function answerContent({ output, progress, produces }: AnyOperation): Json {
  if (produces) return { [produces]: { schema: schemaOf(output, 'output') } }
  const json = jsonContent(schemaOf(output, 'output'))
  if (!progress) return json
  const schema = { oneOf: [schemaOf(progress, 'output'), schemaOf(output, 'output')] }
  return { ...json, 'text/event-stream': { schema } }
}

/** Examples stand beside the schema too, where tools look for them. */
function jsonContent(schema: Json): Json {
  const [example] = Array.isArray(schema.examples) ? schema.examples : []
  return { 'application/json': { schema, ...(example !== undefined && { example }) } }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}

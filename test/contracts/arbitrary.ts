import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'

type Schema = {
  type?: string | string[] | undefined
  format?: string | undefined
  enum?: unknown[] | undefined
  const?: unknown
  anyOf?: Schema[] | undefined
  items?: Schema | undefined
  properties?: Record<string, Schema> | undefined
  required?: string[] | undefined
  minimum?: number | undefined
  maximum?: number | undefined
  maxLength?: number | undefined
  examples?: unknown[] | undefined
}
const Schema: z.ZodType<Schema> = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.lazy(() => Schema)).optional(),
  items: z.lazy(() => Schema).optional(),
  properties: z
    .record(
      z.string(),
      z.lazy(() => Schema),
    )
    .optional(),
  required: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  examples: z.array(z.unknown()).optional(),
})

/** Inputs of an operation: mostly such as its published schema allows, some with one hostile field or one too many. */
export function inputsOf(published: unknown): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, required = [], examples = [] } = Schema.parse(published)
  const fields = Object.entries(properties).map(([name, schema]) => {
    const valid = fittingValue(schema)
    const value = fc.oneof({ weight: 9, arbitrary: valid }, { weight: 1, arbitrary: HOSTILE })
    return [name, required.includes(name) ? value : fc.option(value, { nil: undefined, freq: 2 })] as const
  })
  const made = fc.record(Object.fromEntries(fields)).map(withoutAbsent)
  const example = fc.constantFrom(...(examples.length > 0 ? examples : [{}])).map((one) => Schema.parse(one))
  const surprising = fc.tuple(made, WORDS, HOSTILE).map(([input, name, value]) => ({ ...input, [name]: value }))
  return fc.oneof(
    { weight: 6, arbitrary: made },
    { weight: 2, arbitrary: example.map((one): Record<string, unknown> => ({ ...one })) },
    { weight: 1, arbitrary: surprising },
  )
}

const withoutAbsent = (input: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))

function fittingValue(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.examples && schema.examples.length > 0 && schema.type !== 'object') {
    return fc.oneof(fc.constantFrom(...schema.examples), ofType(schema))
  }
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fittingValue))
  return ofType(schema)
}

function ofType({ type, format, ...schema }: Schema): fc.Arbitrary<unknown> {
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => ofType({ ...schema, format, type: one })))
  if (type === 'integer')
    return fc.integer({ min: schema.minimum ?? -1_000, max: Math.min(schema.maximum ?? 1_000, 10_000_000) })
  if (type === 'number') return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true })
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  if (type === 'array') return fc.array(schema.items ? fittingValue(schema.items) : WORDS, { maxLength: 4 })
  if (type === 'object') {
    const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => [name, fittingValue(field)] as const)
    return fc.record(Object.fromEntries(fields))
  }
  return (
    FORMATS[format ?? ''] ??
    fc.oneof(WORDS, fc.string({ unit: 'grapheme', maxLength: Math.min(schema.maxLength ?? 64, 64) }))
  )
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.constant(null).map(() => uuidv7()),
  email: fc.emailAddress(),
  uri: fc.webUrl(),
  date: fc
    .date({ min: new Date('1999-01-01'), max: new Date('2101-01-01'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10)),
  'date-time': fc
    .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((at) => at.toISOString()),
}

const WORDS = fc.constantFrom(
  'a',
  'name',
  'Northwind',
  'Ünïcode',
  '日本',
  'shop.myshopify.com',
  '__proto__',
  'constructor',
  'limit',
)

/** What breaks programs: SQL, NUL, half characters, paths, numbers at the edge, deep and large things. */
const HOSTILE: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      "'; drop table users; --",
      "1' or '1'='1",
      '\u0000',
      '\ud800',
      '../../etc/passwd',
      '%00',
      '%',
      '#{7*7}',
      '{{7*7}}',
      '<script>',
      '\u202e',
    ],
    ...['NaN', 'Infinity', '1e400', '-0', '0x10', '٣', '9'.repeat(400), 'x'.repeat(10_000)],
    ...[
      null,
      true,
      0,
      -1,
      1e308,
      Number.MAX_SAFE_INTEGER + 1,
      2 ** 31,
      -(2 ** 63),
      [],
      {},
      [[]],
      { a: { b: { c: [null] } } },
    ],
    ...['2026-02-30', '0000-01-01', '+275760-09-13', '9999-12-31T23:59:60Z', '2026-11-20T10:00:00+99:99'],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
)

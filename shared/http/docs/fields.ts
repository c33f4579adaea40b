import * as z from 'zod'

/** One line of a table of fields; `type` in words, such as `text`, `one of a, b`, `list of object`. */
export type Field = { name: string; type: string; isRequired: boolean; description: string }

type Schema = {
  type?: string | string[] | undefined
  format?: string | undefined
  enum?: unknown[] | undefined
  const?: unknown
  anyOf?: Schema[] | undefined
  items?: Schema | undefined
  description?: string | undefined
  default?: unknown
  minimum?: number | undefined
  maximum?: number | undefined
  maxLength?: number | undefined
  properties?: Record<string, Schema> | undefined
  required?: string[] | undefined
}
/** JSON Schema as z.toJSONSchema writes it; what a table does not show is let through. */
const Schema: z.ZodType<Schema> = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.lazy(() => Schema)).optional(),
  items: z.lazy(() => Schema).optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  properties: z
    .record(
      z.string(),
      z.lazy(() => Schema),
    )
    .optional(),
  required: z.array(z.string()).optional(),
})

/** The fields of an object schema, in its own order; none when it is no object. */
export function fieldsOf(schema: z.ZodType, io: 'input' | 'output'): Field[] {
  const { properties = {}, required = [] } = Schema.parse(z.toJSONSchema(schema, { io, unrepresentable: 'any' }))
  return Object.entries(properties).map(([name, field]) => ({
    name,
    type: typeOf(field),
    isRequired: required.includes(name) && field.default === undefined,
    description: [field.description, limitsOf(field)].filter(Boolean).join(' '),
  }))
}

function typeOf(field: Schema): string {
  if (field.enum) return `one of ${field.enum.join(', ')}`
  if (field.const !== undefined) return String(field.const)
  if (field.anyOf) return [...new Set(field.anyOf.map(typeOf))].join(' or ')
  if (field.type === 'array') return `list of ${field.items ? typeOf(field.items) : 'anything'}`
  if (field.type === 'string') return field.format ?? 'text'
  return [field.type ?? 'anything'].flat().join(' or ')
}

function limitsOf({ minimum, maximum, maxLength, default: fallback }: Schema): string {
  const parts = [
    fallback !== undefined && `Default ${JSON.stringify(fallback)}.`,
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && `At least ${minimum}.`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `At most ${maximum}.`,
    maxLength !== undefined && `At most ${maxLength} characters.`,
  ]
  return parts.filter(Boolean).join(' ')
}

import * as z from 'zod'
import type { Tool } from '../../ai/tool.ts'
import { pathsOf } from '../../operation.ts'
import { listMetrics } from '../analytics/list-metrics.ts'
import { type AnyOperation, call, isPermitted, requirePermission, strict, validInput } from '../call.ts'

const Schema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
})
const Given = z.record(z.string(), z.unknown())

/** The brand a question is about; null: about all of the tenant's, by their ids. `names`: of brands, by id. */
export type Reach = { brandId: string | null; names: ReadonlyMap<string, string> }

/** What it tells is the same for every brand. */
const OF_NO_BRAND: readonly AnyOperation[] = [listMetrics]

/**
 * Readable operations as tools of the current actor. None takes a tenant; of a question about one brand, none takes a
 * brand either: it is filled in, whatever the model says, and what cannot be limited to a brand is no tool.
 */
export const toolsFrom = (operations: readonly AnyOperation[], reach: Reach): Tool[] =>
  operations
    .filter((operation) => isPermitted(operation) && isWithin(reach, operation))
    .map((each) => toolFrom(each, reach))

const isWithin = ({ brandId }: Reach, operation: AnyOperation): boolean =>
  brandId === null || brandFieldOf(operation) !== null || OF_NO_BRAND.includes(operation)

/** The field of the input that limits it to one brand; null: it has none. */
function brandFieldOf(operation: AnyOperation): string | null {
  if (pathsOf(operation)[0]?.includes('/brands/{id}')) return 'id'
  return 'brand_id' in (schemaOf(operation).properties ?? {}) ? 'brand_id' : null
}

function toolFrom(operation: AnyOperation, { brandId, names }: Reach): Tool {
  const field = brandFieldOf(operation)
  const pinned = field !== null && brandId !== null ? { [field]: brandId } : null
  return {
    name: operation.name,
    description: operation.description,
    schema: field !== null && pinned ? without(schemaOf(operation), field) : schemaOf(operation),
    run: async (given) => {
      requirePermission(operation)
      const asked = { ...Given.parse(given), ...pinned }
      const understood = Given.parse(validInput(operation, asked))
      const subject = field !== null && !pinned ? (names.get(String(understood[field])) ?? null) : null
      return { arguments: understood, output: await call(operation, asked), subject }
    },
  }
}

/** Made once of each input: two dozen tools go with every question. */
const schemas = new WeakMap<z.ZodType, z.output<typeof Schema>>()

function schemaOf({ input }: AnyOperation): z.output<typeof Schema> {
  const known = schemas.get(input)
  if (known) return known
  const { $schema: _, examples: __, ...schema } = Schema.parse(z.toJSONSchema(strict(input), { io: 'input' }))
  schemas.set(input, schema)
  return schema
}

function without(schema: z.output<typeof Schema>, field: string): z.output<typeof Schema> {
  const { [field]: _, ...properties } = schema.properties ?? {}
  return {
    ...schema,
    properties,
    ...(schema.required && { required: schema.required.filter((name) => name !== field) }),
  }
}

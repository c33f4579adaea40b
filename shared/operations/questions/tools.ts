import * as z from 'zod'
import type { Tool } from '../../ai/tool.ts'
import { pathsOf } from '../../operation.ts'
import { type AnyOperation, call, isPermitted, requirePermission, strict, validInput } from '../call.ts'

const Schema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
})
const Given = z.record(z.string(), z.unknown())

/** The brand a question is about; null: about all of the tenant's, by their ids. `names`: of brands, by id. */
export type Reach = { brandId: string | null; names: ReadonlyMap<string, string> }

/**
 * Readable operations as tools of the current actor. None takes a tenant; of a question about one brand, none takes a
 * brand either: it is filled in, whatever the model says.
 */
export const toolsFrom = (operations: readonly AnyOperation[], reach: Reach): Tool[] =>
  operations.filter(isPermitted).map((operation) => toolFrom(operation, reach))

function toolFrom(operation: AnyOperation, { brandId, names }: Reach): Tool {
  const isOfBrand = pathsOf(operation)[0]?.includes('/brands/{id}') ?? false
  const pinned = isOfBrand && brandId !== null ? { id: brandId } : null
  return {
    name: operation.name,
    description: operation.description,
    schema: pinned ? without(schemaOf(operation), 'id') : schemaOf(operation),
    run: async (given) => {
      requirePermission(operation)
      const { id: _, ...rest } = Given.parse(given)
      const asked = pinned ? { ...rest, ...pinned } : Given.parse(given)
      const understood = Given.parse(validInput(operation, asked))
      const subject = isOfBrand && !pinned ? (names.get(String(understood.id)) ?? null) : null
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

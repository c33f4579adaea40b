import * as z from 'zod'
import { type AnyOperation, fieldErrors } from '../operations/call.ts'
import { readJsonObject } from './body.ts'
import type { HttpContext } from './context.ts'

type Kind = 'number' | 'boolean' | 'array' | 'text'
const NUMBER = /^-?\d+(\.\d+)?$/
const Properties = z.object({
  properties: z.record(z.string(), z.object({ type: z.unknown().optional() }).loose()).default({}),
})

/** The JSON Schema of what an operation takes. */
export const inputSchemaOf = ({ input }: Pick<AnyOperation, 'input'>) => z.toJSONSchema(input, { io: 'input' })

/** Reads an operation's input from path, query and (not for GET and DELETE) JSON body. A field given twice is an error. */
export function inputReader(operation: AnyOperation): (c: HttpContext) => Promise<object> {
  const takesBody = !['get', 'delete'].includes(operation.http.method)
  let kinds: ReadonlyMap<string, Kind> | undefined // made at the first request: all of them at the start would take longer than it
  return async (c) => {
    kinds ??= kindsOf(operation)
    const sources = [c.req.param(), fromQuery(c.req.queries(), kinds), takesBody ? await readJsonObject(c) : {}]
    const names = sources.flatMap((source) => Object.keys(source))
    const twice = names.filter((name, index) => names.indexOf(name) !== index)
    if (twice.length > 0) throw fieldErrors(Object.fromEntries(twice.map((name) => [name, ['Given more than once.']])))
    return Object.fromEntries(sources.flatMap((source) => Object.entries(source)))
  }
}

function kindsOf(operation: AnyOperation): ReadonlyMap<string, Kind> {
  const { properties } = Properties.parse(inputSchemaOf(operation))
  return new Map(Object.entries(properties).map(([name, { type }]) => [name, kindOf(type)]))
}

function kindOf(type: unknown): Kind {
  if (type === 'integer' || type === 'number') return 'number'
  return type === 'boolean' || type === 'array' ? type : 'text'
}

/** The only place where text becomes a number or a boolean. What does not fit stays text, and the schema says so. */
function fromQuery(query: Readonly<Record<string, string[]>>, kinds: ReadonlyMap<string, Kind>): object {
  const entries = Object.entries(query).map(([name, texts]) => {
    const kind = kinds.get(name)
    if (kind === 'array') return [name, texts]
    if (texts.length > 1) throw fieldErrors({ [name]: ['Given more than once.'] })
    return [name, fromText(texts[0] ?? '', kind)]
  })
  return Object.fromEntries(entries)
}

function fromText(text: string, kind: Kind | undefined): unknown {
  if (kind === 'number' && NUMBER.test(text)) return Number(text)
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

import * as z from 'zod'
import { badParameter } from './errors.ts'

/** The query of one call: lists and filters are JSON text. */
export type Parameters = URLSearchParams

/** Null without the parameter. Throws 40002 when it is not JSON of this shape. */
export function jsonParameter<T>(query: Parameters, name: string, schema: z.ZodType<T>): T | null {
  const text = query.get(name)
  if (text === null) return null
  const parsed = schema.safeParse(parseJson(text))
  if (!parsed.success) throw badParameter(`${name}: Invalid data for parameter`)
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const Names = z.array(z.string())
export const namesIn = (query: Parameters, name: string): string[] | null => jsonParameter(query, name, Names)

export function required<T>(value: T | null, name: string): T {
  if (value === null) throw badParameter(`${name}: Missing data for required field.`)
  return value
}

/** Throws 40002 for names that are none of these. */
export function checkNames(names: readonly string[], known: ReadonlySet<string>, parameter: string): void {
  const unknown = names.find((name) => !known.has(name))
  if (unknown !== undefined) throw badParameter(`${parameter}: Invalid value '${unknown}'`)
}

/** Throws 40002 for parameters that change the answer and that the sandbox has no data for: ignoring them would lie. */
export function checkServed(query: Parameters, served: readonly string[]): void {
  const other = [...query.keys()].find((name) => !served.includes(name))
  if (other !== undefined) throw badParameter(`${other}: Unknown field.`)
}

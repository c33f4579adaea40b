import * as z from 'zod'
import { GraphError, invalidParameter, tooMuchData } from './errors.ts'

/** The query of one call, read as the Graph API reads it: structured parameters are JSON text. */
export type Parameters = URLSearchParams

/** Throws (#100) with `complaint` when the parameter is present and not JSON of this shape. */
export function jsonParameter<T>(query: Parameters, name: string, schema: z.ZodType<T>, complaint: string): T | null {
  const text = query.get(name)
  if (text === null) return null
  const parsed = schema.safeParse(parseJson(text))
  if (!parsed.success) throw invalidParameter(complaint)
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Rows per page, 25 by default. Above `largest` Meta gives up on the query rather than on the parameter. */
export function pageSize(query: Parameters, largest: number): number {
  const text = query.get('limit') ?? '25'
  if (!/^[0-9]{1,9}$/.test(text) || Number(text) === 0) throw invalidParameter('Param limit must be a positive integer')
  if (Number(text) > largest) throw tooMuchData()
  return Number(text)
}

/** Names of the fields asked for, in order, without what nested selections choose; null when none is asked for. */
export function requestedFields(query: Parameters): string[] | null {
  const text = query.get('fields')?.trim()
  if (!text) return null
  const list = jsonList.safeParse(parseJson(text))
  const names = list.success ? list.data : withoutNesting(text).split(',')
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))]
}

const jsonList = z.array(z.string())

function withoutNesting(text: string): string {
  let flat = text
  while (/\{[^{}]*\}/.test(flat)) flat = flat.replace(/\{[^{}]*\}/g, '')
  if (/[{}]/.test(flat)) throw new GraphError(2500, `Syntax error "Unbalanced braces." in field list: ${text}`)
  return flat
}

import { type DuckDBType, type DuckDBValue, LIST, listValue, VARCHAR } from '@duckdb/node-api'
import * as z from 'zod'
import { ApiError } from './api-error.ts'
import { ColumnTypeName, DUCKDB_TYPE } from './bigquery-types.ts'
import { quoted } from './warehouse.ts'

// Strict, so that a list is not taken for a scalar. The client sends numbers and booleans as such; Google takes both.
const Scalar = z.strictObject({
  value: z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]).nullish(),
})
/** A named query parameter; value null or absent is NULL. */
export const QueryParameter = z.object({
  name: z.string().min(1, 'the local cloud takes named parameters only'),
  parameterType: z.union([
    z.object({ type: z.literal('ARRAY'), arrayType: z.object({ type: ColumnTypeName }) }),
    z.object({ type: ColumnTypeName }),
  ]),
  parameterValue: z.union([z.strictObject({ arrayValues: z.array(Scalar) }), Scalar]).default({}),
})
export type QueryParameter = z.output<typeof QueryParameter>

// In this order: what quotes, then what to replace. Comments go, for BigQuery's may start with #.
const PIECES =
  /(?<raw>\b[rR])?'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\]|\\.)*)"|`(?<path>[^`]+)`|(?<comment>--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)|\bin\s+unnest\s*\(\s*@(?<list>\w+)\s*\)|@(?<param>\w+)/gi
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' }

/**
 * BigQuery's spelling as DuckDB's: back-ticked paths (a leading project is dropped), string literals, `@name`, and
 * `in unnest(@name)`. Nothing else is translated. Throws INVALID_ARGUMENT for a parameter that was not given.
 */
export function toDuckDbSql(query: string, parameters: ReadonlyMap<string, QueryParameter>) {
  const used = new Map<string, QueryParameter>()

  function parameter(name: string): string {
    const found = parameters.get(name)
    if (!found) throw new ApiError('INVALID_ARGUMENT', `Query parameter '${name}' not found`, 'invalidQuery')
    used.set(name, found)
    return `cast($${name} as ${duckDbType(found)})`
  }

  const sql = query.replace(PIECES, (...match) => {
    const groups: Record<string, string | undefined> = match.at(-1)
    const { raw, single, double, path, list, param } = groups
    const text = single ?? double
    if (text !== undefined) return `'${(raw ? text : unescaped(text)).replaceAll("'", "''")}'`
    if (path !== undefined) return path.split('.').slice(-2).map(quoted).join('.')
    if (list !== undefined) return `in (select unnest(${parameter(list)}))`
    return param === undefined ? ' ' : parameter(param)
  })
  return { sql, used }
}

const unescaped = (text: string) => text.replace(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char)

function duckDbType({ parameterType }: QueryParameter): string {
  return 'arrayType' in parameterType
    ? `${DUCKDB_TYPE[parameterType.arrayType.type]}[]`
    : DUCKDB_TYPE[parameterType.type]
}

/** Values and types for DuckDB's binding: all as text, which the cast in the statement turns into its type. */
export function bindings(used: ReadonlyMap<string, QueryParameter>) {
  const values: Record<string, DuckDBValue> = {}
  const types: Record<string, DuckDBType> = {}
  for (const [name, { parameterValue }] of used) {
    const isList = 'arrayValues' in parameterValue
    values[name] = isList
      ? listValue(parameterValue.arrayValues.map(({ value }) => value ?? null))
      : (parameterValue.value ?? null)
    types[name] = isList ? LIST(VARCHAR) : VARCHAR
  }
  return { values, types }
}

import type { z } from 'zod'
import type { Permission } from './tenant.ts'

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete'
export type Surface = 'http' | 'mcp' | 'ai'

/**
 * Something a caller can do, declared once: the JSON API, the OpenAPI document, the MCP tools and the typed client all
 * come from it. `run` may be an async generator: it yields `progress` and returns `output`.
 */
export type Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = {
  /** snake_case; the MCP tool's name and the OpenAPI operationId. */
  name: string
  description: string
  /** The first path is canonical, the rest are aliases; `{id}` segments are input fields. */
  http: { method: HttpMethod; path: string | readonly string[]; status?: number }
  permission: Permission | 'authenticated' | 'public'
  surfaces: readonly Surface[]
  input: I
  output: O
  run: (input: z.output<I>) => Promise<z.input<O>>
}

type Declaration<I extends z.ZodType, O extends z.ZodType> = Omit<Operation<I, O>, 'surfaces'> & {
  /** Default: GET over http and mcp, anything else over http alone; 'ai' is always explicit. */
  surfaces?: readonly Surface[]
}

/** Declares one operation. One file each, listed in operations/index.ts. */
export function operation<I extends z.ZodType, O extends z.ZodType>(declared: Declaration<I, O>): Operation<I, O> {
  const byMethod: readonly Surface[] = declared.http.method === 'get' ? ['http', 'mcp'] : ['http']
  return { ...declared, surfaces: declared.surfaces ?? byMethod }
}

/** Canonical path first. */
export const pathsOf = (op: Pick<Operation, 'http'>): readonly string[] =>
  typeof op.http.path === 'string' ? [op.http.path] : op.http.path

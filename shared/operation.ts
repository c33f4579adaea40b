import type * as z from 'zod'
import type { Permission } from './tenant.ts'

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete'
export type Surface = 'http' | 'mcp' | 'ai'

/** Something a caller can do, declared once: the JSON API, the OpenAPI document, the MCP tools and the typed client all come from it. */
export type Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, Run = unknown> = {
  /** snake_case; the MCP tool's name and the OpenAPI operationId. */
  name: string
  description: string
  /** The first path is canonical, the rest are aliases; `{id}` segments are input fields. */
  http: { method: HttpMethod; path: string | readonly string[]; status?: number }
  permission: Permission | 'authenticated' | 'public'
  surfaces: readonly Surface[]
  /** Also answered while the tenant waits for its deletion; everything else is refused then. */
  whileDeleting?: true
  /** The answer is computed from the tenant's data alone: it is kept until a brand's data version grows, an hour at most. */
  cached?: true
  /** A read that may come from the replica, which lags; callers who have just written are read from the primary. */
  reads?: 'replica'
  input: I
  output: O
  /** What `run` yields on its way to the output: sent as it comes to those who ask for events, left out for all others. */
  progress?: z.ZodType
  /** One JSON object a line: `run` yields rows, and `output` is the schema of a row. */
  produces?: 'application/x-ndjson'
  run: Run
}

type Declared<I extends z.ZodType, O extends z.ZodType> = Omit<
  Operation<I, O>,
  'surfaces' | 'progress' | 'produces' | 'run'
> & {
  /** Default: GET over http and mcp, anything else and every stream of rows over http alone; 'ai' is always explicit. */
  surfaces?: readonly Surface[]
}
type Answering<I extends z.ZodType, O extends z.ZodType> = (input: z.output<I>) => Promise<z.input<O>>
type Stepping<I extends z.ZodType, O extends z.ZodType, P extends z.ZodType> = (
  input: z.output<I>,
) => AsyncGenerator<z.input<P>, z.input<O>>
type Streaming<I extends z.ZodType, O extends z.ZodType> = (input: z.output<I>) => AsyncGenerator<z.input<O>, void>

/** Declares one operation. One file each, listed in operations/index.ts. */
export function operation<I extends z.ZodType, O extends z.ZodType>(
  declared: Declared<I, O> & { run: Answering<I, O> },
): Operation<I, O, Answering<I, O>>
export function operation<I extends z.ZodType, O extends z.ZodType, P extends z.ZodType>(
  declared: Declared<I, O> & { progress: P; run: Stepping<I, O, P> },
): Operation<I, O, Stepping<I, O, P>>
export function operation<I extends z.ZodType, O extends z.ZodType>(
  declared: Declared<I, O> & { produces: 'application/x-ndjson'; run: Streaming<I, O> },
): Operation<I, O, Streaming<I, O>>
export function operation(
  declared: Declared<z.ZodType, z.ZodType> & Pick<Operation, 'progress' | 'produces' | 'run'>,
): Operation {
  const readable = declared.http.method === 'get' && declared.produces === undefined
  return { ...declared, surfaces: declared.surfaces ?? (readable ? ['http', 'mcp'] : ['http']) }
}

/** Canonical path first. */
export const pathsOf = (op: Pick<Operation, 'http'>): readonly string[] =>
  typeof op.http.path === 'string' ? [op.http.path] : op.http.path

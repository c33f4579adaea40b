import type * as z from 'zod'
import type { HttpMethod, Operation } from '../../../../shared/operation.ts'

type Declared = Pick<Operation, 'input' | 'output' | 'run'>

/** Where an operation is called, with the server's own types of what it takes and answers. */
export type Call<Op extends Declared = Declared> = {
  method: HttpMethod
  path: string
  /** Never there: carries the types. */
  of?: Op
}
export type InputOf<C> = C extends Call<infer Op> ? z.input<Op['input']> : never
export type OutputOf<C> = C extends Call<infer Op> ? z.output<Op['output']> : never
/** What it tells on its way to the output. */
export type ProgressOf<C> = C extends Call<infer Op> ? StepOf<Op['run']> : never
type StepOf<Run> = Run extends (...given: never[]) => AsyncGenerator<infer Step> ? Step : never

/** `call<typeof listBrands>('get', '/api/brands')`; a test holds method and path against the operation's. */
export const call = <Op extends Declared>(method: HttpMethod, path: string): Call<Op> => ({ method, path })

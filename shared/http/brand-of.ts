import * as z from 'zod'
import { pathsOf } from '../operation.ts'
import type { AnyOperation } from '../operations/call.ts'

const BrandInPath = z.object({ id: z.uuid() })
const BrandInFields = z.object({ brand_id: z.uuid() })

/** The brand that a call is about, for its record; undefined when it is about none or the id is no id. */
export function brandOf(operation: AnyOperation, input: unknown): string | undefined {
  if (pathsOf(operation)[0]?.includes('/brands/{id}')) return BrandInPath.safeParse(input).data?.id
  return BrandInFields.safeParse(input).data?.brand_id
}

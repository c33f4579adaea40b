import { actor } from '../tenant.ts'
import { type Sql, sql } from './sql.ts'

/**
 * The key of the advisory lock on all figures of a brand: held by whoever recomputes them, and by whoever changes what
 * they are computed in (time zone, currency), so that no day is computed half in the one and half in the other.
 */
export const figuresLock = (brandId: string): Sql =>
  sql`hashtextextended(${`attribute-orders:${actor().tenantId}:${brandId}`}, 0)`

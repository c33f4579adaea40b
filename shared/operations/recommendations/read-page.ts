import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { COLUMNS, onWire, Recommendation, type RecommendationRow, Status } from './recommendation.ts'

export const ListInput = PageInput.extend({ status: Status.optional() })
export const ListOutput = z.object({ recommendations: z.array(Recommendation), next_cursor: NextCursor })

/** The expected effect's middle in micros, and the id. */
const Key = z.tuple([z.string().regex(/^-?\d{1,19}$/), z.uuid()])
type Asked = z.output<typeof ListInput> & { brand: string | null }

/** What is without an expected effect comes last. */
const WORTH = sql`coalesce(expected_mid_micros, -9223372036854775807)`

/** A page, the most that is to be won first; across currencies by the bare number. */
export async function readPage(db: Db, { limit, cursor, status, brand }: Asked) {
  const [worth, id] = decodeCursor(Key, cursor) ?? [null, null]
  const found = await db.query<RecommendationRow & { worth: bigint }>(sql`
    select ${COLUMNS}, ${WORTH} as worth from recommendations
    where tenant_id = ${actor().tenantId} and (${brand}::uuid is null or brand_id = ${brand}::uuid)
      and (${status ?? null}::text is null or status = ${status ?? null})
      and (${worth}::numeric is null or (${WORTH}, recommendation_id) < (${worth}::numeric, ${id}::uuid))
    order by worth desc, recommendation_id desc limit ${limit + 1}`)
  const { rows, next_cursor } = pageOf(found, limit, (row) => [String(row.worth), row.id])
  return { recommendations: rows.map(({ worth: _, ...row }) => onWire(row)), next_cursor }
}

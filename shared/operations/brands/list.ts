import * as z from 'zod'
import { type Sql, sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { text } from '../text.ts'
import { Brand, type BrandRow, brandOnWire } from './brand.ts'

/** How well it fits (0 without a search), then by name. */
const Key = z.tuple([z.string().regex(/^\d+(\.\d+)?(e-\d+)?$/), text(200), z.uuid()])
const Input = PageInput.extend({
  search: text(200)
    .optional()
    .describe('Words, or beginnings of words, that are all in the name; case and accents do not count.'),
})
type Row = BrandRow & { rank: string }

export const listBrands = operation({
  name: 'list_brands',
  description: 'Brands of this tenant, by name; with `search` those whose names have its words, best fit first.',
  http: { method: 'get', path: '/api/brands' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: Input,
  output: z.object({ brands: z.array(Brand), next_cursor: NextCursor }),
  run: async (input) => {
    const found = await transaction((db) => db.query<Row>(selectBrands(input)))
    const { rows, next_cursor } = pageOf(found, input.limit, (row) => [row.rank, row.name, row.id])
    return { brands: rows.map(({ rank: _, ...row }) => brandOnWire(row)), next_cursor }
  },
})

/** One row more than the page has. */
export function selectBrands({ limit, cursor, search }: z.output<typeof Input>): Sql {
  const after = decodeCursor(Key, cursor)
  const found = search === undefined ? everyBrand : brandsNamed(search)
  return sql`
    select id, name, shopify_store_url, time_zone, currency, created_at, rank::text from (${found()}) found
    ${after === null ? sql`` : sql`where ${search === undefined ? behindName(after) : behindRank(after)}`}
    order by found.rank desc, name, id limit ${limit + 1}`
}

const COLUMNS = sql`brand_id as id, name, shopify_store_url, time_zone, currency, created_at`

const everyBrand = (): Sql => sql`select ${COLUMNS}, 0::real as rank from brands where tenant_id = ${actor().tenantId}`

/**
 * Whole words count double, and short names before long ones. The words are letters and digits only (search_words), so
 * that none can be an operator.
 */
const brandsNamed = (search: string) => (): Sql =>
  sql`
  select ${COLUMNS}, ts_rank(name_search, beginnings, 1) + ts_rank(name_search, whole, 1) as rank
  from brands, (select string_agg(word || ':*', ' & ')::tsquery as beginnings, string_agg(word, ' | ')::tsquery as whole
    from unnest(search_words(${search})) as word) asked
  where tenant_id = ${actor().tenantId} and name_search @@ beginnings`

type After = z.output<typeof Key>

const behindName = ([, name, id]: After): Sql => sql`name >= ${name} and (name > ${name} or id > ${id}::uuid)`
const behindRank = (after: After): Sql =>
  sql`(found.rank < ${after[0]}::real or (found.rank = ${after[0]}::real and ${behindName(after)}))`

import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { text } from '../text.ts'
import { Day } from '../wire.ts'
import { noSuchBrand } from './brand.ts'

const Key = z.tuple([Day, text(20)])
const Rate = z.object({
  day: Day.describe('Of the order or of the spend.'),
  currency: z.string(),
  base: z.string().describe("The brand's currency."),
  rate: z
    .string()
    .nullable()
    .describe(
      'Units of the base for one of the currency. null: none was published in the seven days before, so what is in this currency stays out of all figures.',
    ),
  rate_day: Day.nullable().describe('The day that it was published for.'),
  source: z.enum(['ECB']).nullable(),
})
type Rate = z.output<typeof Rate>

export const listExchangeRates = operation({
  name: 'list_exchange_rates',
  description:
    "The exchange rates that a brand's figures were converted with, the latest day first: one for each other currency and day with orders or ad spend. A refund has the rate of its order.",
  http: { method: 'get', path: '/api/brands/{id}/exchange-rates' },
  permission: 'brands:read',
  input: PageInput.extend({ id: z.uuid() }),
  output: z.object({ rates: z.array(Rate), next_cursor: NextCursor }),
  run: async ({ id, limit, cursor }) => {
    const [day, currency] = decodeCursor(Key, cursor) ?? [null, null]
    const own = sql`tenant_id = ${actor().tenantId} and brand_id = ${id}`
    const found = await transaction(async (db) => {
      const brand = await db.one<{ currency: string }>(sql`select currency from brands where ${own}`)
      if (!brand) throw noSuchBrand()
      return db.query<Rate>(sql`
        select day, currency, base, rate, rate_day, source from brand_rates
        where ${own} and base = ${brand.currency} and (${day}::date is null or (day, currency) < (${day}::date, ${currency}))
        order by day desc, currency desc limit ${limit + 1}`)
    })
    const { rows, next_cursor } = pageOf(found, limit, (row) => [row.day, row.currency])
    return { rates: rows, next_cursor }
  },
})

import * as z from 'zod'
import { AppError } from '../../../shared/errors.ts'

/** Shopify's Decimal: as many digits as micros can hold. */
export const Decimal = z.string().regex(/^-?\d{1,18}(\.\d{1,6}0*)?$/)
export const Gid = z.string().regex(/^gid:\/\/shopify\/\w+\/\d+(\?.*)?$/)
/** The number in "gid://shopify/Order/450789469": what webhooks and the merchant's own pages call the row. */
export const numberOf = (gid: string): string => /\/(\d+)(?:\?.*)?$/.exec(gid)?.[1] ?? gid

export const Instant = z.iso.datetime({ offset: true })
/** Free text of merchants, without what the database cannot store. */
export const Text = z.string().transform((text) => (/\0/.test(text) || !text.isWellFormed() ? storable(text) : text))
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed()
export const Ref = z.object({ id: Gid })
/** An amount with its currency, for what need not be in the shop's. */
export const Money = z.object({ amount: Decimal, currencyCode: z.string() })
export const MoneyBag = z.object({ shopMoney: z.object({ amount: Decimal }) })

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() })
export type PageInfo = z.output<typeof PageInfo>
export type Connection<T> = { pageInfo: PageInfo; nodes: T[] }
export const connection = <T extends z.ZodType>(node: T) => z.object({ pageInfo: PageInfo, nodes: z.array(node) })

/** Throws PROVIDER_BAD_RESPONSE naming the first place that is not as documented, never its value. */
export function parsed<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const path = result.error.issues[0]?.path.join('.') ?? ''
  throw new AppError(
    'PROVIDER_BAD_RESPONSE',
    `Shopify answered something else than documented at ${path || 'the top'}.`,
    {
      details: { path },
    },
  )
}

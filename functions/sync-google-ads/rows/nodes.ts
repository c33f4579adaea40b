import * as z from 'zod'
import type { Days } from '../../../shared/sync/account-days.ts'
import { plainDecimal } from '../../../shared/sync/exact-json.ts'
import { text } from '../../../shared/sync/nodes.ts'

/** Every number comes as text here, whether Google wrote a string (int64) or a number (double). */
const int64 = z
  .string()
  .regex(/^-?\d{1,18}$/)
  .transform(BigInt)
const id = z.string().regex(/^\d+$/)
const double = z
  .string()
  .regex(/^-?\d+(\.\d+)?([eE][+-]?\d{1,2})?$/)
  .transform(plainDecimal)
  .refine((decimal) => /^-?\d{1,15}(\.|$)/.test(decimal))
/** "2026-10-01 00:00:00" on the account's own clock, here with a "T". */
const wallTime = z
  .string()
  .transform((value) => value.replace(' ', 'T'))
  .pipe(z.iso.datetime({ local: true }))

const named = { resourceName: z.string().optional() }
const Campaign = z.looseObject({ ...named, id, name: text.optional() })

const Customer = z.looseObject({
  customer: z.looseObject({
    ...named,
    id,
    descriptiveName: text.optional(),
    currencyCode: text,
    timeZone: text,
    manager: z.boolean().optional(),
    status: text.optional(),
  }),
})
const CampaignNode = z.looseObject({
  campaign: z.looseObject({
    ...Campaign.shape,
    status: text.optional(),
    advertisingChannelType: text.optional(),
    startDateTime: wallTime.optional(),
    endDateTime: wallTime.optional(),
  }),
  campaignBudget: z
    .looseObject({ ...named, amountMicros: int64.optional(), totalAmountMicros: int64.optional() })
    .optional(),
})
const MetricsNode = z.looseObject({
  campaign: Campaign,
  segments: z.looseObject({ date: z.iso.date() }),
  metrics: z
    .looseObject({ costMicros: int64.optional(), impressions: int64.optional(), clicks: int64.optional() })
    .optional(),
})
const PurchasesNode = z.looseObject({
  campaign: Campaign,
  segments: z.looseObject({ date: z.iso.date(), conversionActionCategory: z.literal('PURCHASE') }),
  metrics: z.looseObject({ conversions: double.optional(), conversionsValue: double.optional() }).optional(),
})
export type PurchasesNode = z.output<typeof PurchasesNode>
const SpendNode = z.looseObject({
  customer: z.looseObject({ ...named, currencyCode: text }),
  segments: z.looseObject({ date: z.iso.date() }),
  metrics: z.looseObject({ costMicros: int64.optional() }).optional(),
})

/** What is asked for is exactly what is read: `campaignBudget.amountMicros` is selected as `campaign_budget.amount_micros`. */
function select(node: z.ZodObject): string {
  const fields = Object.entries(node.shape).flatMap(([resource, declared]) => {
    const inner: unknown = declared instanceof z.ZodOptional ? declared.unwrap() : declared
    const names = inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
    // Resource names come unasked.
    return names.filter((name) => name !== 'resourceName').map((name) => `${snake(resource)}.${snake(name)}`)
  })
  return `SELECT ${fields.join(', ')}`
}
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const between = ({ since, until }: Days): string => `segments.date BETWEEN '${since}' AND '${until}'`

export const CUSTOMER = { node: Customer, query: `${select(Customer)} FROM customer` }
/** Removed campaigns are among them, unless they are filtered out. */
export const CAMPAIGNS = { node: CampaignNode, query: `${select(CampaignNode)} FROM campaign` }
export const METRICS = {
  node: MetricsNode,
  query: (days: Days): string => `${select(MetricsNode)} FROM campaign WHERE ${between(days)}`,
}
export const PURCHASES = {
  node: PurchasesNode,
  query: (days: Days): string =>
    `${select(PurchasesNode)} FROM campaign WHERE ${between(days)} AND segments.conversion_action_category = 'PURCHASE'`,
}
/** What the account itself says of its days. */
export const SPEND = {
  node: SpendNode,
  query: (days: Days): string => `${select(SpendNode)} FROM customer WHERE ${between(days)}`,
}
/** Finds a client of a manager, by its digits, at any level. */
export const clientQuery = (id: string): string =>
  `SELECT customer_client.id FROM customer_client WHERE customer_client.id = ${id}`

import * as z from 'zod'
import { plainDecimal } from '../../../shared/sync/exact-json.ts'
import { text } from '../../../shared/sync/nodes.ts'

/** All numbers are text here, whether TikTok wrote text or a number. */
const id = z.string().regex(/^\d{1,20}$/)
const number = z.string().transform(plainDecimal)
const decimal = number.pipe(z.string().regex(/^-?\d{1,12}(\.\d+)?$/))
const count = number.pipe(z.string().regex(/^\d{1,18}(\.0+)?$/)).transform((value) => BigInt(value.split('.')[0] ?? 0))
/** "-", null or nothing: not measured. */
const NOT_MEASURED = z
  .literal(['-', ''])
  .nullish()
  .transform(() => null)
/** "2026-10-01 12:00:00", in UTC. */
const utcTime = z
  .string()
  .transform((value) => `${value.replace(' ', 'T')}Z`)
  .pipe(z.iso.datetime())
/** "2026-10-01 00:00:00": a day of the account. */
const day = z
  .string()
  .transform((value) => value.replace(/ 00:00:00$/, ''))
  .pipe(z.iso.date())
const decimalMetric = z.union([decimal, NOT_MEASURED])
const countMetric = z.union([count, NOT_MEASURED])

export const AdvertiserNode = z.looseObject({
  advertiser_id: id,
  name: text.nullish(),
  status: text.nullish(),
  currency: text,
  display_timezone: text,
})
export const CampaignNode = z.looseObject({
  campaign_id: id,
  campaign_name: text,
  objective_type: text.nullish(),
  operation_status: text.nullish(),
  secondary_status: text.nullish(),
  budget: decimal.nullish(),
  budget_mode: text.nullish(),
  create_time: utcTime.nullish(),
  modify_time: utcTime.nullish(),
})
export type CampaignNode = z.output<typeof CampaignNode>

const Metrics = z.looseObject({
  campaign_name: text.nullish(),
  spend: decimalMetric,
  impressions: countMetric,
  clicks: countMetric,
  complete_payment: countMetric,
  total_complete_payment_rate: decimalMetric,
  total_purchase: countMetric,
  total_purchase_value: decimalMetric,
  onsite_shopping: countMetric,
  total_onsite_shopping_value: decimalMetric,
})
export type Metrics = z.output<typeof Metrics>
export const ReportNode = z.looseObject({
  dimensions: z.looseObject({ campaign_id: id, stat_time_day: day }),
  metrics: Metrics,
})
export const SpendNode = z.looseObject({
  dimensions: z.looseObject({ stat_time_day: day }),
  metrics: z.looseObject({ spend: decimalMetric }),
})

const namesOf = (node: { shape: object }): string => JSON.stringify(Object.keys(node.shape))
/** Exactly what is read is asked for. */
export const ADVERTISER_FIELDS = namesOf(AdvertiserNode)
export const CAMPAIGN_FIELDS = namesOf(CampaignNode)
export const METRICS = namesOf(Metrics)
export const SPEND_METRICS = namesOf(SpendNode.shape.metrics)

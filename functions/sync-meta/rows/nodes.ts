import * as z from 'zod'
import { text } from '../../../shared/sync/nodes.ts'

const id = z.string().regex(/^\d+$/) // 64 bits: a JSON number would already be rounded
const count = z.string().regex(/^\d{1,18}$/)
/** Text by Meta's word; whole numbers have been seen too. */
const minorUnits = z.union([z.string().regex(/^\d{1,12}$/), z.int().min(0).max(999_999_999_999).transform(String)])
const decimal = z.string().regex(/^-?\d{1,12}(\.\d+)?$/)
/** Meta writes offsets without a colon ("-0700"). The epoch stands for "not set". */
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:?\d\d|Z)$/)
  .transform((value) => Date.parse(value.replace(/([+-]\d\d):?(\d\d)$/, '$1:$2')))
  .refine(Number.isFinite)
  .transform((ms) => (ms === 0 ? null : new Date(ms).toISOString()))

export const AccountNode = z.looseObject({
  id: z.string(),
  account_id: id,
  name: text.optional(),
  account_status: z.int().optional(),
  currency: text,
  timezone_name: text,
})
export const CampaignNode = z.looseObject({
  id,
  account_id: id,
  name: text,
  status: text.optional(),
  effective_status: text.optional(),
  objective: text.optional(),
  daily_budget: minorUnits.optional(),
  lifetime_budget: minorUnits.optional(),
  start_time: instant.optional(),
  stop_time: instant.optional(),
  updated_time: instant.optional(),
})
export const AdSetNode = z.looseObject({
  id,
  account_id: id,
  campaign_id: id,
  name: text,
  status: text.optional(),
  effective_status: text.optional(),
  daily_budget: minorUnits.optional(),
  lifetime_budget: minorUnits.optional(),
  start_time: instant.optional(),
  end_time: instant.optional(),
  updated_time: instant.optional(),
})
export const Actions = z.array(z.looseObject({ action_type: z.string(), value: decimal.optional() }))
export const InsightNode = z.looseObject({
  account_id: id,
  account_currency: text,
  campaign_id: id,
  campaign_name: text,
  date_start: z.iso.date(),
  date_stop: z.iso.date(),
  spend: decimal.optional(),
  impressions: count.optional(),
  clicks: count.optional(),
  actions: Actions.optional(),
  action_values: Actions.optional(),
})
export type InsightNode = z.output<typeof InsightNode>
export const SpendNode = z.looseObject({
  account_currency: text,
  date_start: z.iso.date(),
  date_stop: z.iso.date(),
  spend: decimal.optional(),
})

const namesOf = (node: { shape: object }): string => Object.keys(node.shape).join(',')
/** Exactly what is read is asked for. */
export const ACCOUNT_FIELDS = namesOf(AccountNode)
export const CAMPAIGN_FIELDS = namesOf(CampaignNode)
export const AD_SET_FIELDS = namesOf(AdSetNode)
export const INSIGHT_FIELDS = namesOf(InsightNode)
export const SPEND_FIELDS = namesOf(SpendNode)

import * as z from 'zod'
import { CallCeiling } from '../../sync/quota.ts'
import { isCurrency } from '../../units.ts'
import { Currency, TimeZone } from '../brands/fields.ts'
import { text } from '../text.ts'
import { Money } from '../wire.ts'

/** A setting that is not set is null: what needs it says so instead of guessing. */
const setting = <T extends z.ZodType>(value: T, description: string) => ({ value, description })

const Color = text(7)
  .regex(/^#[0-9a-f]{6}$/i, 'Expected #rrggbb.')
  .toLowerCase()
const HttpsUrl = text(2_000).refine(isHttps, 'Expected an https URL without user or password.')
const Days = z.number().min(0).max(365)
const Window = z.int().min(1).max(90)
const HalfLife = z.number().min(0.5).max(90)
const Cost = Money.extend({
  amount: z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'Expected a decimal such as "4.50", not negative.'),
  currency: text(3).refine(isCurrency, 'Not an ISO 4217 code.'),
}).strict()

/** What a tenant may set, by name. Units stand in the descriptions. */
export const TENANT_SETTINGS = {
  logo_url: setting(HttpsUrl, 'Logo shown in the dashboard: an https URL.'),
  primary_color: setting(Color, 'Colour of the dashboard: #rrggbb.'),
  accent_color: setting(Color, 'Second colour of the dashboard: #rrggbb.'),
  default_time_zone: setting(TimeZone, 'Zone of brands that are created without one: an IANA name.'),
  default_currency: setting(Currency, 'Currency of brands that are created without one: ISO 4217.'),
  default_lead_time_days: setting(Days, 'Lead time of brands without their own: mean, in days.'),
  default_lead_time_sd_days: setting(
    Days,
    'How far lead times vary, for brands without their own: standard deviation, in days.',
  ),
  default_attribution_window_days: setting(
    Window,
    'Attribution window of brands without their own, in days. Unset: 30.',
  ),
  default_attribution_half_life_days: setting(
    HalfLife,
    'Half-life of the time-decay model for brands without their own, in days. Unset: 7.',
  ),
  ai_budget_per_month: setting(
    Cost.refine(({ currency }) => currency === 'USD', 'AI is paid in USD.'),
    'What AI answers may cost in a calendar month: USD. Unset: what the tier allows.',
  ),
} as const

/** The ad platforms that a budget can be for, named as in campaigns. */
const AdBudgets = z.partialRecord(z.enum(['meta', 'tiktok', 'google-ads']), Cost)
const CallCeilings = z.partialRecord(z.enum(['shopify', 'meta', 'tiktok', 'google-ads']), CallCeiling)

/** What may be set of a brand, by name. */
export const BRAND_SETTINGS = {
  lead_time_days: setting(Days, "Time from order to shelf: mean, in days. Unset: the tenant's default_lead_time_days."),
  lead_time_sd_days: setting(
    Days,
    "How far it varies: standard deviation, in days. Unset: the tenant's default_lead_time_sd_days.",
  ),
  attribution_window_days: setting(
    Window,
    "How long before an order a visit may lie to be credited, in days. Unset: the tenant's default_attribution_window_days. A change credits all orders anew.",
  ),
  attribution_half_life_days: setting(
    HalfLife,
    "A visit so many days before another counts half as much (time decay). Unset: the tenant's default_attribution_half_life_days. A change credits all orders anew.",
  ),
  shipping_cost_per_order: setting(Cost, 'What shipping one order costs the brand: money.'),
  payment_fee_percent: setting(
    z.number().min(0).max(100).multipleOf(0.001),
    'Share of an order that the payment provider keeps: percent.',
  ),
  payment_fee_per_order: setting(Cost, 'What the payment provider takes of each order besides: money.'),
  ad_budget_per_month: setting(AdBudgets, 'What may be spent in a calendar month, by ad platform: money.'),
  call_ceilings: setting(
    CallCeilings,
    'The most calls that each connection may make, by platform. Unset: as many as the provider allows, by its own signals.',
  ),
} as const

/** The tenant's setting that counts where a brand has none. */
export const INHERITED: Readonly<Record<string, TenantSettingName>> = {
  lead_time_days: 'default_lead_time_days',
  lead_time_sd_days: 'default_lead_time_sd_days',
  attribution_window_days: 'default_attribution_window_days',
  attribution_half_life_days: 'default_attribution_half_life_days',
}

type Catalogue = Readonly<Record<string, ReturnType<typeof setting>>>
export type TenantSettingName = keyof typeof TENANT_SETTINGS
export type BrandSettingName = keyof typeof BRAND_SETTINGS

/** The value that counts of each setting; null where none is set. */
export type Values<C extends Catalogue> = { [N in keyof C]: z.output<C[N]['value']> | null }
type Changing<C extends Catalogue> = { [N in keyof C]: z.ZodOptional<z.ZodNullable<C[N]['value']>> }
type Shown<C extends Catalogue> = {
  [N in keyof C]: z.ZodObject<{ value: z.ZodNullable<C[N]['value']>; is_default: z.ZodBoolean }>
}

/** Fields of a change: each setting may be left alone, set, or unset with null. */
export const changingFields = <C extends Catalogue>(catalogue: C): Changing<C> =>
  mapped(catalogue, ({ value, description }) => value.nullable().optional().describe(description)) as Changing<C> // name by name

/** Fields of an answer: each setting with the value that counts, and whether nobody set it here. */
export const shownFields = <C extends Catalogue>(catalogue: C): Shown<C> =>
  mapped(catalogue, ({ value, description }) =>
    z.object({ value: value.nullable(), is_default: z.boolean() }).describe(description),
  ) as unknown as Shown<C> // name by name

const mapped = (catalogue: Catalogue, map: (entry: Catalogue[string]) => z.ZodType): Record<string, z.ZodType> =>
  Object.fromEntries(Object.entries(catalogue).map(([name, entry]) => [name, map(entry)]))

function isHttps(given: string): boolean {
  const url = URL.parse(given)
  return url?.protocol === 'https:' && url.username === '' && url.password === ''
}

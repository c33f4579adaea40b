import type { Sums } from '../../metrics/figures.ts'
import { microsFromDecimal, scaleMicros } from '../../units.ts'
import type { BRAND_SETTINGS, Values } from '../settings/catalog.ts'

type Settings = Values<typeof BRAND_SETTINGS>
type Cost = Settings['shipping_cost_per_order']

const ONE = 1_000_000n
/** A percent of three decimals in its smallest steps. */
const PERCENT_STEPS = 100_000n

/** The sums with what the brand's settings make of them; null where a setting is missing or in another currency. */
export function withCosts(sums: Sums, settings: Settings, currency: string): Sums {
  const { orders, net, tax, shipping } = sums
  const total = net === null || tax === null || shipping === null ? null : net + tax + shipping
  const fees = perOrder(settings.payment_fee_per_order, { orders, currency })
  const share = settings.payment_fee_percent
  const shared =
    share === null || total === null ? null : scaleMicros(total, BigInt(Math.round(share * 1_000)), PERCENT_STEPS)
  return {
    ...sums,
    shipping_cost: perOrder(settings.shipping_cost_per_order, { orders, currency }),
    payment_fees: fees === null || shared === null ? null : fees + shared,
  }
}

/** `orders` in millionths. */
function perOrder(cost: Cost, { orders, currency }: { orders: bigint | null; currency: string }): bigint | null {
  if (cost === null || orders === null || cost.currency !== currency) return null
  return scaleMicros(microsFromDecimal(cost.amount), orders, ONE)
}

/** Settings of the brand that these figures wait for. */
export function missingSettings(settings: Settings, currency: string, figures: readonly string[]): string[] {
  const costs = (names: readonly ('shipping_cost_per_order' | 'payment_fee_per_order')[]): string[] =>
    names.filter((name) => settings[name]?.currency !== currency)
  return [
    ...(figures.includes('shipping_cost') ? costs(['shipping_cost_per_order']) : []),
    ...(figures.includes('payment_fees') ? costs(['payment_fee_per_order']) : []),
    ...(figures.includes('payment_fees') && settings.payment_fee_percent === null ? ['payment_fee_percent'] : []),
  ]
}

import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { microsFromDecimal } from '../units.ts'
import { promptTokens, type Usage } from './usage.ts'

/** USD for a million tokens, as decimals. */
export type Price = {
  input: string
  cache_write_5m: string
  cache_write_1h: string
  cache_read: string
  output: string
}
/** USD as decimals, exact to a millionth of a millionth. */
export type Cost = { input: string; cache: string; output: string; total: string }

type Listed = Price & { model: string; prompt_over: bigint }
/** Today's, of every model: the latest first, of one day the dearer bands. */
export type PriceList = readonly Listed[]

export const readPrices = (db: Db): Promise<PriceList> =>
  db.query<Listed>(sql`
    select model, prompt_over, input::text, cache_write_5m::text, cache_write_1h::text, cache_read::text, output::text
    from model_prices where valid_from <= ${dayNow()}::date order by valid_from desc, prompt_over desc`)

/**
 * The model's price for a prompt of so many tokens; null for a model that nobody priced, whose cost is unknown, not 0.
 * An answer names its exact version (claude-haiku-4-5-20251001), the list the model.
 */
export function priceOf(list: PriceList, model: string, usage: Usage): Price | null {
  const names = [model, model.replace(/-\d{8}$/, '')]
  const isPriced = (over: bigint): boolean => over === 0n || over < BigInt(promptTokens(usage))
  return list.find((price) => names.includes(price.model) && isPriced(price.prompt_over)) ?? null
}

/** What the dearest model would cost: the bound of a call whose price is unknown. */
export function dearestPrice(list: PriceList): Price | null {
  if (list.length === 0) return null
  const most = (kind: keyof Price): string =>
    list.map((price) => price[kind]).reduce((a, b) => (microsFromDecimal(a) < microsFromDecimal(b) ? b : a))
  return {
    input: most('input'),
    cache_write_5m: most('cache_write_5m'),
    cache_write_1h: most('cache_write_1h'),
    cache_read: most('cache_read'),
    output: most('output'),
  }
}

const dayNow = (): string => clock.now().toISOString().slice(0, 10)

export function costOf(usage: Usage, price: Price): Cost {
  const part = (tokens: number, usdAMillion: string): bigint => BigInt(tokens) * microsFromDecimal(usdAMillion)
  const input = part(usage.input, price.input)
  const cache =
    part(usage.cacheWrite5m, price.cache_write_5m) +
    part(usage.cacheWrite1h, price.cache_write_1h) +
    part(usage.cacheRead, price.cache_read)
  const output = part(usage.output, price.output)
  return { input: usd(input), cache: usd(cache), output: usd(output), total: usd(input + cache + output) }
}

const DIGITS = 12
/** Of millionths of a millionth. */
function usd(parts: bigint): string {
  const text = parts.toString().padStart(DIGITS + 1, '0')
  return `${text.slice(0, -DIGITS)}.${text.slice(-DIGITS)}`.replace(/\.?0+$/, '')
}

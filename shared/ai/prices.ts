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

/**
 * The model's price today for a prompt of so many tokens; null for a model that nobody priced, whose cost is unknown, not 0.
 * An answer names its exact version (claude-haiku-4-5-20251001), the list the model.
 */
export const priceOf = (db: Db, model: string, usage: Usage): Promise<Price | null> =>
  db.one<Price>(sql`
    select input::text, cache_write_5m::text, cache_write_1h::text, cache_read::text, output::text from model_prices
    where model = any(${[model, model.replace(/-\d{8}$/, '')]}::text[]) and valid_from <= ${dayNow()}::date
      and (prompt_over = 0 or prompt_over < ${promptTokens(usage)})
    order by valid_from desc, prompt_over desc limit 1`)

/** What the dearest model would cost: the bound of a call whose price is unknown. */
export const dearestPrice = (db: Db): Promise<Price | null> =>
  db.one<Price>(sql`
    select max(input)::text as input, max(cache_write_5m)::text as cache_write_5m, max(cache_write_1h)::text as cache_write_1h,
      max(cache_read)::text as cache_read, max(output)::text as output from model_prices where valid_from <= ${dayNow()}::date`)

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

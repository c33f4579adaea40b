import { nowText } from '../clock.ts'
import { sql } from '../db/sql.ts'
import { transaction } from '../db/transaction.ts'
import type { EuroRate } from './ecb.ts'

/** The newest day (YYYY-MM-DD) that a rate is known of. */
export async function newestDay(): Promise<string | null> {
  const found = await transaction((db) => db.one<{ day: string | null }>(sql`select max(day) as day from fx_rates`))
  return found?.day ?? null
}

/** Keeps the rates, all or none, and answers how many were new or corrected. */
export async function saveRates(rates: readonly EuroRate[]): Promise<number> {
  const column = (name: keyof EuroRate): string[] => rates.map((rate) => rate[name])
  const written = await transaction(
    (db) =>
      db.one<{ n: number }>(sql`
        with written as (
          insert into fx_rates as t (currency, day, rate, fetched_at)
          select currency, day, rate, ${nowText()}::timestamptz
          from unnest(${column('currency')}::text[], ${column('day')}::date[], ${column('rate')}::numeric[]) as r (currency, day, rate)
          on conflict (currency, day) do update set rate = excluded.rate, fetched_at = excluded.fetched_at where t.rate <> excluded.rate
          returning currency)
        select count(*)::int as n from written`),
    { role: 'pulsepoint_rates' },
  )
  return written?.n ?? 0
}

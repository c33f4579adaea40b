import type { Order } from '../../shared/attribution/credit.ts'
import { markov } from '../../shared/attribution/markov.ts'
import { type Effects, NO_EFFECTS } from '../../shared/attribution/model.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'

/** The effects in force on a day; none before the first fit is made. */
export type EffectsOn = (day: string) => Effects

type Fit = { effects: Record<string, number>; days: string[] }

/** The fits in force on the days of these orders; no statement when no order has several touches to choose between. */
export async function loadFits(db: Db, { tenant_id, brand_id }: Brand, orders: readonly Order[]): Promise<EffectsOn> {
  const days = new Set(orders.filter(({ touches }) => touches.length > 1).map(({ day }) => day))
  if (days.size === 0) return () => NO_EFFECTS
  const own = sql`tenant_id = ${tenant_id} and brand_id = ${brand_id} and model = ${markov.name}`
  const fits = await db.query<Fit>(sql`
    with in_force as materialized (
      select coalesce((select max(fitted_on) from attribution_fits where ${own} and fitted_on <= d.day),
        (select min(fitted_on) from attribution_fits where ${own})) as fitted_on, array_agg(d.day::text) as days
      from unnest(${[...days]}::date[]) as d (day) group by 1
    )
    select f.effects, i.days from in_force i join attribution_fits f on ${own} and f.fitted_on = i.fitted_on`)
  const effectsOn = new Map(fits.flatMap((fit) => inForce(fit)))
  return (day) => effectsOn.get(day) ?? NO_EFFECTS
}

const inForce = ({ effects, days }: Fit): [string, Effects][] => {
  const byChannel = new Map(Object.entries(effects))
  return days.map((day) => [day, byChannel])
}

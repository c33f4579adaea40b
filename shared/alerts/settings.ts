import { clock } from '../clock.ts'
import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { actor } from '../tenant.ts'
import { ALERT_RULES, CHANNELS, type Channel, type RuleName, ruleDefinition } from './rules.ts'

/** What the tenant changed of a rule; null is the default. */
export type Override = {
  rule: string
  enabled: boolean | null
  /** In the definition's unit. */
  threshold: number | null
  needed: number | null
  of_last: number | null
  channels: string[] | null
  muted_until: Date | null
}

/** A breach counts once it is found in `needed` of the last `of_last` windows. */
export type Persistence = { needed: number; of_last: number }

/** How a rule works for the tenant. */
export type RuleSettings = {
  enabled: boolean
  threshold: number | null
  persistence: Persistence
  channels: readonly Channel[]
  /** Until then it raises nothing and nothing of it is sent; null when that is over or was never said. */
  muted_until: Date | null
}

export const readOverrides = (db: Db): Promise<Override[]> =>
  db.query(sql`
    select rule, enabled, threshold::float8 as threshold, needed, of_last, channels, muted_until from alert_rules
    where tenant_id = ${actor().tenantId}`)

/** Every rule as it works for the tenant now. */
export async function readRules(db: Db): Promise<ReadonlyMap<string, RuleSettings>> {
  const overrides = new Map((await readOverrides(db)).map((override) => [override.rule, override]))
  const names = Object.keys(ALERT_RULES) as RuleName[] // the keys of that literal
  return new Map(names.map((name) => [name, ruleSettings(name, overrides.get(name))]))
}

export function ruleSettings(name: RuleName, override: Override | undefined): RuleSettings {
  const muted = override?.muted_until ?? null
  return {
    enabled: override?.enabled ?? true,
    threshold: override?.threshold ?? ruleDefinition(name).threshold?.default ?? null,
    persistence: persistenceOf(name, override),
    channels: CHANNELS.filter((channel) => override?.channels?.includes(channel) ?? isUsual(name, channel)),
    muted_until: muted !== null && muted > clock.now() ? muted : null,
  }
}

function persistenceOf(name: RuleName, override: Override | undefined): Persistence {
  const { needed, of } = ruleDefinition(name).persistence ?? { needed: 1, of: 1 }
  return { needed: override?.needed ?? needed, of_last: override?.of_last ?? of }
}

/** Where nobody said otherwise: letters are for what cannot wait. */
const isUsual = (name: RuleName, channel: Channel): boolean =>
  channel !== 'email' || ruleDefinition(name).severity === 'critical'

/** Whether the rule may raise alerts, and have them sent, at this moment. A rule that is not known any more says nothing. */
export const speaks = (rule: RuleSettings | undefined): rule is RuleSettings =>
  rule?.enabled === true && rule.muted_until === null

import * as z from 'zod'
import { CHANNELS, type RuleName, ruleDefinition } from '../../../alerts/rules.ts'
import { type Override, ruleSettings } from '../../../alerts/settings.ts'
import { clock } from '../../../clock.ts'
import { sql } from '../../../db/sql.ts'
import { type Db, transaction } from '../../../db/transaction.ts'
import { record } from '../../../events/record.ts'
import { operation } from '../../../operation.ts'
import { actor } from '../../../tenant.ts'
import { fieldErrors } from '../../call.ts'
import { text } from '../../text.ts'
import { Instant } from '../../wire.ts'
import { AlertRule, ruleNamed, ruleOnWire } from './rule.ts'

const Changes = z.object({
  enabled: z.boolean().nullable().optional(),
  threshold: z.number().multipleOf(0.01).nullable().optional().describe("In the rule's unit."),
  needed: z
    .int()
    .positive()
    .nullable()
    .optional()
    .describe('In so many of the last `of_last` windows it must be found.'),
  of_last: z.int().positive().nullable().optional(),
  channels: z
    .array(z.enum(CHANNELS))
    .max(CHANNELS.length)
    .nullable()
    .optional()
    .describe('Empty: the dashboard alone.'),
  muted_until: Instant.nullable().optional(),
})
type Changes = z.output<typeof Changes>

export const updateAlertRule = operation({
  name: 'update_alert_rule',
  description: 'Changes what is given of a rule; null returns it to its default. Alerts that are open stay open.',
  http: { method: 'patch', path: '/api/alerts/rules/{rule}' },
  permission: 'admin:manage',
  input: Changes.extend({ rule: text(100).meta({ examples: ['error_rate'] }) }).meta({
    examples: [{ enabled: true, channels: ['slack'], muted_until: '2026-12-01T08:00:00Z' }],
  }),
  output: z.object({ rule: AlertRule }),
  run: async ({ rule, ...changes }) => {
    const name = ruleNamed(rule)
    requireThreshold(name, changes.threshold)
    return { rule: ruleOnWire(name, await transaction((db) => update(db, name, changes))) }
  },
})

function requireThreshold(name: RuleName, given: number | null | undefined): void {
  if (given === undefined || given === null) return
  const { threshold } = ruleDefinition(name)
  if (threshold === null) throw fieldErrors({ threshold: ['This rule has none.'] })
  const { min, max, unit } = threshold
  if (given < min || given > max) throw fieldErrors({ threshold: [`Expected ${min} to ${max} ${unit}.`] })
}

/** What is given together with what stands: the windows needed are among those looked at. */
function requirePersistence(name: RuleName, { needed, of_last }: Changes, after: Override): void {
  if (typeof needed !== 'number' && typeof of_last !== 'number') return
  const { persistence: limits } = ruleDefinition(name)
  const field = typeof of_last === 'number' ? 'of_last' : 'needed'
  if (!limits) throw fieldErrors({ [field]: ['This rule has none: one event is enough.'] })
  const { persistence } = ruleSettings(name, after)
  if (persistence.of_last > limits.max)
    throw fieldErrors({ of_last: [`Expected at most ${limits.max} ${limits.unit}.`] })
  if (persistence.needed > persistence.of_last)
    throw fieldErrors({ [field]: [`${persistence.needed} cannot be among the last ${persistence.of_last}.`] })
}

const FIELDS = ['enabled', 'threshold', 'needed', 'of_last', 'channels', 'muted_until'] as const

/** Changes only the columns that are given, under the row's lock, so that two at once lose nothing. */
async function update(db: Db, name: RuleName, changes: Changes): Promise<Override> {
  const before = await lockedOverride(db, name)
  const muted = changes.muted_until && new Date(changes.muted_until)
  const after = { ...before, ...defined({ ...changes, muted_until: muted }) }
  requirePersistence(name, changes, after)
  const differing = FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  if (differing.length === 0) return after
  await db.query(sql`
    update alert_rules set enabled = ${after.enabled}, threshold = ${after.threshold}::numeric,
      needed = ${after.needed}::smallint, of_last = ${after.of_last}::smallint, channels = ${after.channels}::text[],
      muted_until = ${after.muted_until}::timestamptz, updated_at = ${clock.now()}
    where tenant_id = ${actor().tenantId} and rule = ${name}`)
  const differences = Object.fromEntries(differing.map((field) => [field, { from: before[field], to: after[field] }]))
  await record(db, 'config.changed', { data: { what: 'alert_rule', subject_id: name, changes: differences } })
  return after
}

/** Made when it is not there, so that there is a row to lock. */
async function lockedOverride(db: Db, name: RuleName): Promise<Override> {
  const { tenantId } = actor()
  await db.query(sql`
    insert into alert_rules (tenant_id, rule, updated_at) values (${tenantId}, ${name}, ${clock.now()}) on conflict do nothing`)
  const row = await db.one<Override>(sql`
    select rule, enabled, threshold::float8 as threshold, needed, of_last, channels, muted_until from alert_rules
    where tenant_id = ${tenantId} and rule = ${name} for update`)
  return (
    row ?? {
      rule: name,
      enabled: null,
      threshold: null,
      needed: null,
      of_last: null,
      channels: null,
      muted_until: null,
    }
  )
}

/** Without the fields that were not given. */
const defined = (fields: object): Partial<Override> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

import * as z from 'zod'
import { CHANNELS, isRuleName, type RuleName, ruleDefinition } from '../../../alerts/rules.ts'
import { type Override, ruleSettings } from '../../../alerts/settings.ts'
import { AppError } from '../../../errors.ts'
import { Instant, instantOrNull } from '../../wire.ts'
import { Severity } from '../alert.ts'

export const AlertRule = z
  .object({
    rule: z.string(),
    description: z.string().describe('What it means.'),
    runbook: z.string().describe('What to do about it.'),
    severity: Severity,
    enabled: z.boolean(),
    threshold: z
      .object({ value: z.number(), default: z.number(), min: z.number(), max: z.number(), unit: z.string() })
      .nullable()
      .describe('What must be exceeded; null for a rule that knows no more or less.'),
    persistence: z
      .object({
        needed: z.int(),
        of_last: z.int(),
        default: z.object({ needed: z.int(), of_last: z.int() }),
        max: z.int(),
        unit: z.enum(['minutes', 'runs']),
      })
      .nullable()
      .describe('In how many of its last windows it must be found; null for a rule that one event tells.'),
    channels: z.array(z.enum(CHANNELS)).describe('Where its alerts are sent besides the dashboard.'),
    muted_until: Instant.nullable().describe('Until then it raises nothing.'),
    is_default: z.boolean().describe('The tenant has changed nothing of it.'),
  })
  .meta({
    examples: [
      {
        rule: 'error_rate',
        description: "More than this share of the API's answers were server errors.",
        runbook: 'Look at what was deployed last.',
        severity: 'critical',
        enabled: true,
        threshold: { value: 2.5, default: 5, min: 0.1, max: 100, unit: 'percent' },
        persistence: { needed: 2, of_last: 3, default: { needed: 3, of_last: 5 }, max: 60, unit: 'minutes' },
        channels: ['slack'],
        muted_until: null,
        is_default: false,
      },
    ],
  })

export function ruleOnWire(name: RuleName, override: Override | undefined): z.input<typeof AlertRule> {
  const { description, runbook, severity, threshold, persistence } = ruleDefinition(name)
  const settings = ruleSettings(name, override)
  return {
    rule: name,
    description,
    runbook,
    severity,
    enabled: settings.enabled,
    threshold: threshold && { ...threshold, value: settings.threshold ?? threshold.default },
    persistence: persistence
      ? {
          ...settings.persistence,
          default: { needed: persistence.needed, of_last: persistence.of },
          max: persistence.max,
          unit: persistence.unit,
        }
      : null,
    channels: [...settings.channels],
    muted_until: instantOrNull(settings.muted_until),
    is_default: !override || Object.entries(override).every(([field, value]) => field === 'rule' || value === null),
  }
}

/** Throws NOT_FOUND for a name that no rule has. */
export function ruleNamed(name: string): RuleName {
  if (isRuleName(name)) return name
  throw new AppError('NOT_FOUND', 'There is no alert rule of this name.')
}

/** Ways to reach people outside the dashboard; functions/deliver-alerts has a file for each. */
export const CHANNELS = ['slack', 'email', 'webhook'] as const
export type Channel = (typeof CHANNELS)[number]

export type Severity = 'info' | 'warning' | 'critical'

type RuleDefinition = {
  /** What it means when the rule raises an alert. */
  description: string
  severity: Severity
  /** What must be exceeded; null where there is nothing to exceed. */
  threshold: { default: number; min: number; max: number; unit: string } | null
}

/** Every rule there is; functions/evaluate-alerts has a file for each. */
export const ALERT_RULES = {
  needs_reauth: {
    description:
      "A provider refuses a connection's authorisation: nothing is synced until a person authorises it again.",
    severity: 'critical',
    threshold: null,
  },
  sync_failed: {
    description: 'A sync of a connection failed for good, and none has completed since.',
    severity: 'warning',
    threshold: null,
  },
  sync_drift: {
    description:
      "Counts or sums of a connection still differ from the provider's own after their days were read once more.",
    severity: 'warning',
    threshold: null,
  },
  error_rate: {
    description:
      "More than this share of the API's answers of the last five minutes were server errors; it is over at half of it.",
    severity: 'critical',
    threshold: { default: 5, min: 0.1, max: 100, unit: 'percent' },
  },
  unconverted_currency: {
    description: 'A brand has orders or ad spend in a currency without an exchange rate, which no total includes.',
    severity: 'warning',
    threshold: null,
  },
  anomaly: {
    description:
      "Net sales, orders, a platform's spend or its ROAS left the range that the brand's own past explains, weekday by weekday; days are compared as they stood on the morning after.",
    severity: 'warning',
    threshold: { default: 3.5, min: 2, max: 20, unit: 'robust standard deviations' },
  },
} as const satisfies Readonly<Record<string, RuleDefinition>>

export type RuleName = keyof typeof ALERT_RULES

export const isRuleName = (name: string): name is RuleName => Object.hasOwn(ALERT_RULES, name)

/** The definition, seen as what every rule has. */
export const ruleDefinition = (name: RuleName): RuleDefinition => ALERT_RULES[name]

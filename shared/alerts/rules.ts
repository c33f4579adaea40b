/** Ways to reach people outside the dashboard; functions/deliver-alerts has a file for each. */
export const CHANNELS = ['slack', 'email', 'webhook'] as const
export type Channel = (typeof CHANNELS)[number]

export type Severity = 'info' | 'warning' | 'critical'

type RuleDefinition = {
  /** What it means when the rule raises an alert. */
  description: string
  /** What to do about it, in one line. */
  runbook: string
  severity: Severity
  /** What must be exceeded; null where there is nothing to exceed. */
  threshold: { default: number; min: number; max: number; unit: string } | null
  /** How long it must last: in `needed` of the last `of` windows (at most `max`). Left out where one event says it all. */
  persistence?: { needed: number; of: number; max: number; unit: 'minutes' | 'runs' }
}

/** Every rule there is; functions/evaluate-alerts has a file for each. */
export const ALERT_RULES = {
  needs_reauth: {
    description:
      "A provider refuses a connection's authorisation: nothing is synced until a person authorises it again.",
    runbook: 'Connect the account again under Integrations, as somebody who may grant access to it.',
    severity: 'critical',
    threshold: null,
  },
  sync_failed: {
    description: 'A sync of a connection failed for good, and none has completed since.',
    runbook:
      "Test the connection under Integrations; look at the provider's status page; it is tried again every hour.",
    severity: 'warning',
    threshold: null,
    // A run fails only after it was tried four times within its hour: one is enough.
    persistence: { needed: 1, of: 1, max: 24, unit: 'runs' },
  },
  sync_drift: {
    description:
      "Counts or sums of a connection still differ from the provider's own after their days were read once more.",
    runbook: 'Compare the days in the sync status; ask for a backfill of them.',
    severity: 'warning',
    threshold: null,
  },
  error_rate: {
    description:
      "More than this share of the API's answers of the last minutes were server errors, in several of these minutes; it is over at half of it.",
    runbook: "Search the logs for severity ERROR with the tenant's label; look at what was deployed last.",
    severity: 'critical',
    threshold: { default: 5, min: 0.1, max: 100, unit: 'percent' },
    persistence: { needed: 3, of: 5, max: 60, unit: 'minutes' },
  },
  unconverted_currency: {
    description: 'A brand has orders or ad spend in a currency without an exchange rate, which no total includes.',
    runbook: "Set the brand to its accounts' currency, or connect accounts in a currency with rates.",
    severity: 'warning',
    threshold: null,
  },
  anomaly: {
    description:
      "Net sales, orders, a platform's spend or its ROAS left the range that the brand's own past explains, weekday by weekday; days are compared as they stood on the morning after. Figures that move the same way are one alert.",
    runbook: "Open the brand's dashboard at that day: checkout, prices, stock, campaigns, budgets.",
    severity: 'warning',
    threshold: { default: 3.5, min: 2, max: 20, unit: 'robust standard deviations' },
  },
  latency: {
    description:
      "The slowest twentieth of the API's answers of the last minutes took longer than this, in several of these minutes; it is over at half of it. Questions and exports do not count.",
    runbook:
      "Look at the database's load and its longest queries, and at which endpoints are slow under Observability.",
    severity: 'warning',
    threshold: { default: 5, min: 0.1, max: 60, unit: 'seconds' },
    persistence: { needed: 3, of: 5, max: 60, unit: 'minutes' },
  },
  failed_logins: {
    description: 'More sign-ins than this failed within a quarter of an hour; it is over at half of it.',
    runbook: 'Find the users in the audit log and ask them; have them choose new passwords if it was not them.',
    severity: 'warning',
    threshold: { default: 10, min: 3, max: 10_000, unit: 'failed sign-ins' },
  },
  unusual_access: {
    description: "One user read brands' data more often than this within ten minutes; it is over at half of it.",
    runbook: 'Ask the user; if it was not them, end their sessions under Users and have them choose a new password.',
    severity: 'critical',
    threshold: { default: 1_000, min: 10, max: 1_000_000, unit: 'reads' },
  },
  accuracy: {
    description:
      'Of at least 20 ratings in 30 days fewer than this share found the answer right (4 or 5); it is over two points above.',
    runbook: 'Read the questions with low ratings and their comments under Observability.',
    severity: 'critical',
    threshold: { default: 80, min: 1, max: 98, unit: 'percent' },
  },
  ai_budget: {
    description: "80 % or all of the month's budget for AI is spent.",
    runbook: 'Look who asks most under Observability; raise the budget under Settings or wait for the new month.',
    severity: 'warning',
    threshold: null,
  },
  ai_cost: {
    description: 'AI of all tenants together cost more on a day than operators expect; told to operators alone.',
    runbook: 'Look under Platform which tenants use most of it, and whether a price or a model changed.',
    severity: 'critical',
    threshold: null,
  },
  token_cost_spike: {
    description:
      'AI cost in 24 hours this many times what it does on a usual day, and at least $5; it is over at half of it.',
    runbook: 'Look under Observability who asks, and what: a script, or questions with many tool calls.',
    severity: 'warning',
    threshold: { default: 4, min: 1.5, max: 100, unit: 'times the usual' },
  },
  stock_out: {
    description:
      'One of the ten best sellers will, with more than this probability, run out before new stock can arrive; it is over at half of it.',
    runbook: 'Order now, or slow its sales down: out of the ads, a higher price.',
    severity: 'warning',
    threshold: { default: 50, min: 1, max: 99, unit: 'percent' },
  },
  spend_without_stock: {
    description: 'Campaigns pay for visitors of a product that is out of stock.',
    runbook: 'Take the product out of the ads named, or pause them, until it can be bought again.',
    severity: 'warning',
    threshold: null,
  },
} as const satisfies Readonly<Record<string, RuleDefinition>>

export type RuleName = keyof typeof ALERT_RULES

export const isRuleName = (name: string): name is RuleName => Object.hasOwn(ALERT_RULES, name)

/** The definition, seen as what every rule has. */
export const ruleDefinition = (name: RuleName): RuleDefinition => ALERT_RULES[name]

import { inWords } from '../../parts/format.ts'

const NAMES: Readonly<Record<string, string>> = {
  needs_reauth: 'Authorisation lost',
  sync_drift: "Differs from the provider's sums",
  error_rate: 'Server errors',
  unconverted_currency: 'No exchange rate',
  anomaly: 'Unusual figure',
  latency: 'Slow answers',
  failed_logins: 'Failed sign-ins',
  accuracy: 'Accuracy of answers',
  token_cost_spike: 'AI cost spike',
  stock_out: 'Best seller running out',
}

/** A rule as people call it. */
export const ruleName = (rule: string): string => NAMES[rule] ?? inWords(rule)

const CHANNELS: Readonly<Record<string, string>> = { email: 'E-mail' }
export const channelName = (channel: string): string => CHANNELS[channel] ?? inWords(channel)

import type { InputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'

type Asked = InputOf<typeof operations.get_brand_dashboard>
export type ModelName = NonNullable<Asked['model']>
export type Ledger = NonNullable<Asked['ledger']>

export const MODELS: readonly { value: ModelName; title: string }[] = [
  { value: 'last', title: 'Last touch' },
  { value: 'first', title: 'First touch' },
  { value: 'linear', title: 'Linear' },
  { value: 'position', title: 'Position' },
  { value: 'time_decay', title: 'Time decay' },
  { value: 'markov', title: 'Markov' },
  { value: 'shapley', title: 'Shapley' },
]

export const LEDGERS: readonly { value: Ledger; title: string }[] = [
  { value: 'touch', title: 'Day of the click' },
  { value: 'order', title: 'Day of the order' },
]

/** What of it a link may say; anything else is the default. */
export function readCredit(search: Record<string, unknown>): { model?: ModelName; ledger?: Ledger } {
  const model = MODELS.find(({ value }) => value === search.model)
  const ledger = LEDGERS.find(({ value }) => value === search.ledger)
  return { ...(model && { model: model.value }), ...(ledger && { ledger: ledger.value }) }
}

const BUCKETS: Readonly<Record<string, string>> = {
  campaign: 'Campaigns',
  unmatched_paid: 'Paid, unmatched',
  organic: 'Organic and referral',
  email: 'E-mail and owned',
  direct: 'Direct',
  no_journey: 'No journey known',
}
export const bucketName = (bucket: string): string => BUCKETS[bucket] ?? bucket

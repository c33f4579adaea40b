import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { inWords } from '../../parts/format.ts'
import { OPEN_ALERTS } from '../../shell/open-alerts.ts'
import { useScope } from '../../shell/scope.ts'

/** What an agent's change is about, by name where it is known here: an alert, advice, a brand. */
export function useTold(input: Readonly<Record<string, unknown>>): string {
  const { brand, brands } = useScope()
  const alerts = useRead(operations.list_alerts, OPEN_ALERTS).data?.data.alerts ?? []
  const open = { id: brand?.id ?? '', status: 'open', limit: 100 } as const
  const advice = useRead(operations.list_brand_recommendations, open, { enabled: brand !== null })
  const named = [...alerts, ...(advice.data?.data.recommendations ?? [])].map(({ id, title }) => [id, title] as const)
  const names = new Map<unknown, string>([...named, ...brands.map(({ id, name }) => [id, name] as const)])
  return Object.entries(input)
    .map(([name, value]) => names.get(value) ?? `${inWords(name)}: ${plain(value)}`)
    .join(' · ')
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

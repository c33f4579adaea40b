import { Badge } from '../../parts/badge.tsx'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { inWords, platformName } from '../../parts/format.ts'
import type { Dashboard } from './dashboard.ts'
import { earnedColumns } from './earned-columns.tsx'

type Campaign = Dashboard['campaigns'][number]

/** TikTok writes CAMPAIGN_STATUS_ENABLE for what others call ACTIVE. */
const plainly = (status: string): string => status.toLowerCase().replace(/^campaign_status_(\w+?)d?$/, '$1d')

const toneOf = (status: string): 'good' | 'neutral' => (/^(active|enabled)$/.test(status) ? 'good' : 'neutral')

/** Largest spend first. */
export function Campaigns({ dashboard }: { dashboard: Dashboard }) {
  const columns: Column<Campaign>[] = [
    {
      id: 'campaign',
      title: 'Campaign',
      value: ({ name, campaign_id }) => name ?? campaign_id,
      cell: ({ name, campaign_id }) => (
        <span className="block max-w-40 truncate font-medium sm:max-w-72" title={name ?? campaign_id}>
          {name ?? campaign_id}
        </span>
      ),
    },
    {
      id: 'platform',
      title: 'Platform',
      isMinor: true,
      value: ({ provider }) => platformName(provider),
      className: 'text-ink-2',
    },
    {
      id: 'status',
      title: 'Status',
      isMinor: true,
      value: ({ status }) => status,
      cell: ({ status }) => status && <Badge tone={toneOf(plainly(status))}>{inWords(plainly(status))}</Badge>,
    },
    ...earnedColumns<Campaign>(dashboard.currency),
  ]
  return (
    <Card title="Top campaigns" hint={leftOut(dashboard.campaigns_left_out)}>
      <DataTable
        name="Campaigns"
        columns={columns}
        rows={dashboard.campaigns}
        keyOf={({ provider, campaign_id }) => `${provider}:${campaign_id}`}
        empty="No campaign had spend or credit in these days"
      />
    </Card>
  )
}

const leftOut = (count: number): string | undefined =>
  count > 0 ? `The hundred with the largest spend; ${count} more are not shown.` : undefined

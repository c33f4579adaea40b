import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatLongDay, platformName } from '../../parts/format.ts'
import { bucketName } from '../attribution/models.ts'
import type { Dashboard } from './dashboard.ts'
import { earnedColumns } from './earned-columns.tsx'

type Channel = Dashboard['channels'][number]

const nameOf = ({ bucket, provider }: Channel): string => {
  if (provider === '') return bucketName(bucket)
  return bucket === 'campaign' ? platformName(provider) : `${platformName(provider)} (${bucketName(bucket)})`
}

/** Platforms and the sources that cost nothing, side by side. */
export function Channels({ dashboard }: { dashboard: Dashboard }) {
  const columns: Column<Channel>[] = [
    {
      id: 'channel',
      title: 'Channel',
      value: nameOf,
      cell: (row) => <span className="font-medium">{nameOf(row)}</span>,
    },
    ...earnedColumns<Channel>(dashboard.currency),
  ]
  return (
    <Card title="Channels" hint={noteOf(dashboard)}>
      <DataTable
        name="Channels"
        columns={columns}
        rows={dashboard.channels}
        keyOf={({ bucket, provider }) => `${bucket}:${provider}`}
        empty="No spend and no credited order in these days"
      />
    </Card>
  )
}

/** What the figures leave out, said beside them. */
function noteOf({ provisional_days, incomplete }: Dashboard): string {
  const from = provisional_days.credited[0]
  const waiting = incomplete.store + incomplete.ads + incomplete.credits
  return [
    'What platforms claim for themselves overlaps and is never added up.',
    from && `Credits from ${formatLongDay(from)} on may still change.`,
    waiting > 0 && `${waiting} rows wait for an exchange rate and are in no sum.`,
  ]
    .filter(Boolean)
    .join(' ')
}

import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { countColumn, moneyColumn } from '../../parts/figure-columns.tsx'
import { formatMoneyRounded, platformName } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import type { MatchReport } from './answers.ts'

type Visits = MatchReport['unmatched_visits'][number]
type Campaign = MatchReport['unvisited_campaigns'][number]

/** Where tracking loses track: each row is a link to mend. */
export function MatchReportCards({ asked }: { asked: { id: string; since: string; until: string } }) {
  const result = useRead(operations.get_match_report, asked)
  return (
    <Loaded result={result}>
      {(report) => (
        <div className="grid items-start gap-4 lg:gap-5 xl:grid-cols-2">
          <Card
            title="Spend that no visit names"
            hint={`${formatMoneyRounded(report.unvisited_spend)} went to campaigns whose links bring no visit we can tell.`}
          >
            <DataTable
              name="Campaigns without visits"
              columns={campaignColumns(report.currency)}
              rows={report.unvisited_campaigns}
              keyOf={({ provider, campaign_id }) => `${provider}:${campaign_id}`}
              empty="Every campaign with spend is named by visits"
            />
          </Card>
          <Card title="Paid visits that name no campaign" hint="Their links lack a campaign that we know.">
            <DataTable
              name="Unmatched visits"
              columns={visitColumns(report.currency)}
              rows={report.unmatched_visits}
              keyOf={(row) =>
                JSON.stringify([row.provider, row.utm_source, row.utm_medium, row.utm_campaign, row.campaign_id])
              }
              empty="Every paid visit names its campaign"
            />
          </Card>
        </div>
      )}
    </Loaded>
  )
}

const campaignColumns = (currency: string): Column<Campaign>[] => [
  {
    id: 'campaign',
    title: 'Campaign',
    value: ({ name, campaign_id }) => name ?? campaign_id,
    className: 'font-medium',
  },
  { id: 'platform', title: 'Platform', value: ({ provider }) => platformName(provider) },
  moneyColumn('spend', { title: 'Spend', currency }),
]

const visitColumns = (currency: string): Column<Visits>[] => [
  {
    id: 'platform',
    title: 'Platform',
    value: ({ provider }) => (provider === '' ? null : platformName(provider)),
  },
  { id: 'source', title: 'Source', value: ({ utm_source }) => utm_source, className: 'font-medium' },
  { id: 'medium', title: 'Medium', value: ({ utm_medium }) => utm_medium },
  { id: 'campaign', title: 'Campaign in the link', value: (row) => row.utm_campaign ?? row.campaign_id },
  countColumn('visits', 'Visits'),
  countColumn('orders', 'Orders'),
  moneyColumn('net', { title: 'Net', currency }),
]

import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatCost, formatCount, formatLongDay, formatShare } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'

type TenantDay = OutputOf<typeof operations.get_platform_usage>['usage'][number]

export function PlatformUsage() {
  const result = useRead(operations.get_platform_usage, { limit: 100 })
  return (
    <Card title="Use by tenant and day" hint="The newest hundred rows, days in UTC">
      <Loaded result={result}>
        {({ usage }) => (
          <DataTable
            name="Use by tenant and day"
            columns={COLUMNS}
            rows={usage}
            keyOf={({ day, tenant_id }) => `${day} ${tenant_id}`}
          />
        )}
      </Loaded>
    </Card>
  )
}

const count = (
  id: 'requests' | 'errors' | 'questions' | 'tokens' | 'syncs_failed',
  title: string,
): Column<TenantDay> => ({
  id,
  title,
  align: 'right',
  value: (row) => row[id],
  cell: (row) => formatCount(row[id]),
})

const COLUMNS: readonly Column<TenantDay>[] = [
  { id: 'day', title: 'Day', value: ({ day }) => day, cell: ({ day }) => formatLongDay(day) },
  { id: 'company', title: 'Company', value: ({ company_name }) => company_name },
  count('requests', 'Requests'),
  count('errors', 'Errors'),
  {
    id: 'p95_ms',
    title: 'p95',
    unit: 'ms',
    align: 'right',
    value: ({ p95_ms }) => p95_ms,
    cell: ({ p95_ms }) => (p95_ms === null ? '–' : `${formatCount(Math.round(p95_ms))} ms`),
  },
  count('syncs_failed', 'Failed syncs'),
  count('questions', 'Questions'),
  {
    id: 'accuracy',
    title: 'Accuracy',
    align: 'right',
    value: ({ accuracy }) => accuracy,
    cell: ({ accuracy }) => formatShare(accuracy),
  },
  count('tokens', 'Tokens'),
  {
    id: 'cost',
    title: 'AI cost',
    unit: 'USD',
    align: 'right',
    value: ({ cost }) => cost.amount,
    cell: ({ cost }) => formatCost(cost),
  },
]

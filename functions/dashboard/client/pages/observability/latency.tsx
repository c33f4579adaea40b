import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatCount, inWords } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'

type Row = OutputOf<typeof operations.get_service_report>['latency'][number]

/** How long what people do takes, slowest first. */
export function Latency() {
  const result = useRead(operations.get_service_report, {})
  return (
    <Card title="How long requests took" hint="By what was asked, slowest first; from the warehouse, minutes behind">
      <Loaded result={result}>
        {({ latency }) => (
          <DataTable
            name="Latency"
            columns={COLUMNS}
            rows={latency}
            first={10}
            keyOf={({ operation }) => operation}
            empty="Nothing has arrived in the warehouse yet"
          />
        )}
      </Loaded>
    </Card>
  )
}

const milliseconds = (id: 'p50_ms' | 'p95_ms' | 'p99_ms', title: string): Column<Row> => ({
  id,
  title,
  align: 'right',
  unit: 'ms',
  value: (row) => Math.round(row[id]),
  cell: (row) => `${formatCount(Math.round(row[id]))} ms`,
  isMinor: id === 'p99_ms',
})

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'operation',
    title: 'Operation',
    value: ({ operation }) => operation,
    cell: ({ operation }) => inWords(operation),
  },
  { id: 'requests', title: 'Requests', align: 'right', value: ({ requests }) => requests },
  { id: 'failures', title: 'Failed', align: 'right', value: ({ failures }) => failures },
  milliseconds('p50_ms', 'Median'),
  milliseconds('p95_ms', 'p95'),
  milliseconds('p99_ms', 'p99'),
]

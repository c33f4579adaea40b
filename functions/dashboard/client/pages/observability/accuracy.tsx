import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatLongDay, formatShare, inWords } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'

type Row = OutputOf<typeof operations.get_service_report>['accuracy'][number]

/** How right answers were, day by day. */
export function Accuracy() {
  const result = useRead(operations.get_service_report, {})
  return (
    <Card title="How right answers were" hint="By day, model and category; from the warehouse, minutes behind">
      <Loaded result={result}>
        {({ accuracy }) => (
          <DataTable
            name="Accuracy"
            columns={COLUMNS}
            rows={accuracy.toReversed()}
            keyOf={({ day, model, category }) => `${day} ${model} ${category}`}
            empty="Nobody has asked anything yet"
          />
        )}
      </Loaded>
    </Card>
  )
}

const share = ({ ratings, accurate }: Row): number | null => (ratings === 0 ? null : accurate / ratings)

const COLUMNS: readonly Column<Row>[] = [
  { id: 'day', title: 'Day', value: ({ day }) => day, cell: ({ day }) => formatLongDay(day) },
  { id: 'model', title: 'Model', value: ({ model }) => model, cell: ({ model }) => model ?? '–', isMinor: true },
  { id: 'category', title: 'About', value: ({ category }) => category, cell: ({ category }) => inWords(category) },
  { id: 'questions', title: 'Questions', align: 'right', value: ({ questions }) => questions },
  { id: 'ratings', title: 'Ratings', align: 'right', value: ({ ratings }) => ratings },
  { id: 'accuracy', title: 'Accuracy', align: 'right', value: share, cell: (row) => formatShare(share(row)) },
]

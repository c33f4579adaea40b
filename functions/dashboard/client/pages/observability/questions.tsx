import type { OutputOf } from '../../api/operation-types.ts'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatCost, formatCount, formatInstant, formatMoment, formatShare, inWords } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Tile, Tiles } from '../../parts/tile.tsx'

type Question = OutputOf<typeof operations.list_questions>['questions'][number]

/** Who asked what, what came of it, and how right it was found. */
export function Questions() {
  const result = useRead(operations.list_questions, { limit: 100 })
  return (
    <Loaded result={result}>
      {({ questions }) => (
        <div className="flex flex-col gap-4">
          <Tiles>
            <Tile title="Accuracy" value={formatShare(accuracyOf(questions))} hint="share of ratings of 4 and 5" />
            <Tile title="Answered" value={formatShare(shareOf(questions, 'answered'))} hint="of the last hundred" />
            <Tile title="Refused" value={formatShare(shareOf(questions, 'refused'))} hint="rather than guessed" />
            <Tile
              title="From cache"
              value={formatShare(meanOf(questions.map(({ cached }) => Number(cached))))}
              hint="at no cost"
            />
          </Tiles>
          <Card title="Who asked what" hint="The last hundred questions">
            <DataTable
              name="Questions"
              columns={COLUMNS}
              rows={questions}
              keyOf={({ id }) => id}
              empty="Nobody has asked anything yet"
            />
          </Card>
        </div>
      )}
    </Loaded>
  )
}

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

const accuracyOf = (questions: readonly Question[]): number | null =>
  meanOf(questions.flatMap(({ accuracy_score }) => accuracy_score ?? []))

const shareOf = (questions: readonly Question[], status: Question['status']): number | null =>
  meanOf(questions.map((question) => Number(question.status === status)))

const TONES: Readonly<Record<NonNullable<Question['status']>, Tone>> = {
  answered: 'good',
  clarification: 'neutral',
  refused: 'warn',
  unavailable: 'bad',
}

const nameOf = ({ asked_by, api_key_id }: Question): string => asked_by?.email ?? (api_key_id ? 'An API key' : 'Erased')

const COLUMNS: readonly Column<Question>[] = [
  {
    id: 'question',
    title: 'Question',
    value: ({ question }) => question,
    wraps: true,
    className: 'min-w-52 max-w-md',
    cell: (row) => (
      <>
        <span className="line-clamp-2 font-medium">{row.question}</span>
        <span className="mt-0.5 block truncate text-ink-3 text-xs md:hidden">
          {formatMoment(row.asked_at)} · {nameOf(row)}
        </span>
      </>
    ),
  },
  {
    id: 'asked_at',
    title: 'When',
    isMinor: true,
    value: ({ asked_at }) => asked_at,
    cell: ({ asked_at }) => <span title={formatInstant(asked_at)}>{formatMoment(asked_at)}</span>,
  },
  { id: 'who', title: 'Who', isMinor: true, value: nameOf },
  {
    id: 'status',
    title: 'Outcome',
    value: ({ status }) => status,
    cell: ({ status }) => <Badge tone={status ? TONES[status] : 'neutral'}>{status ? inWords(status) : 'Open'}</Badge>,
  },
  {
    id: 'tokens',
    title: 'Tokens',
    align: 'right',
    value: ({ tokens_used }) => tokens_used,
    cell: ({ tokens_used }) => formatCount(tokens_used),
  },
  {
    id: 'cost',
    title: 'Cost',
    unit: 'USD',
    align: 'right',
    value: ({ cost }) => cost?.amount ?? null,
    cell: ({ cost }) => formatCost(cost),
  },
  { id: 'model', title: 'Model', value: ({ model }) => model, className: 'text-ink-3' },
]

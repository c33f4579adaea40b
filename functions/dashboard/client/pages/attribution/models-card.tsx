import { useState } from 'react'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { moneyColumn } from '../../parts/figure-columns.tsx'
import { formatLongDay, formatMoneyRounded, formatMoneyWhole, formatRatio, platformName } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import type { Attribution } from './answers.ts'
import { bucketName, type Ledger, MODELS, type ModelName } from './models.ts'

type Asked = { id: string; since: string; until: string; ledger: Ledger }
type Row = Attribution['rows'][number]
type Figure = 'net' | 'roas'

const LEVELS = [
  { value: 'channel', title: 'Channels' },
  { value: 'campaign', title: 'Campaigns' },
] as const
const FIGURES = [
  { value: 'net', title: 'Credited net' },
  { value: 'roas', title: 'ROAS' },
] as const

/** Every model beside the others, for the same days. */
export function ModelsCard({ asked }: { asked: Asked }) {
  const [by, setBy] = useState<'channel' | 'campaign'>('channel')
  const [figure, setFigure] = useState<Figure>('net')
  const result = useRead(operations.get_attribution, { ...asked, by })
  return (
    <Card
      title="Models side by side"
      hint="The darker the cell, the more a model gives this row compared with the other models."
      actions={
        <>
          <Segmented label="Rows" value={by} options={LEVELS} onChange={setBy} />
          <Segmented label="Figure" value={figure} options={FIGURES} onChange={setFigure} />
        </>
      }
    >
      <Loaded result={result}>
        {(attribution) => (
          <>
            <DataTable
              name={`Attribution by ${by}`}
              columns={columnsOf(attribution, figure)}
              rows={attribution.rows}
              keyOf={({ bucket, provider, campaign_id }) => `${bucket}:${provider}:${campaign_id}`}
              empty="Nothing was credited in these days"
            />
            <Sum attribution={attribution} />
          </>
        )}
      </Loaded>
    </Card>
  )
}

function columnsOf({ currency }: Attribution, figure: Figure): Column<Row>[] {
  return [
    {
      id: 'who',
      title: 'Credited',
      value: nameOf,
      cell: (row) => (
        <span className="block max-w-40 truncate font-medium sm:max-w-64" title={nameOf(row)}>
          {nameOf(row)}
        </span>
      ),
    },
    {
      ...moneyColumn('spend', { title: 'Spend', currency }),
      isMinor: true,
      cell: ({ spend }) => (Number(spend?.amount ?? 0) === 0 ? '–' : formatMoneyWhole(spend)),
    },
    ...MODELS.map(({ value, title }) => modelColumn(value, { title, figure, currency })),
  ]
}

type Look = { title: string; figure: Figure; currency: string }

const modelColumn = (model: ModelName, { title, figure, currency }: Look): Column<Row> => ({
  id: model,
  title,
  ...(figure === 'net' && { unit: currency }),
  align: 'right',
  value: (row) => figureOf(row, model, figure),
  cell: (row) => (
    <span
      className="-mx-2 -my-1 block rounded-md px-2 py-1"
      style={{
        background: `color-mix(in srgb, var(--accent) ${shadeOf(row, model).toFixed(0)}%, transparent)`,
      }}
    >
      {figure === 'net' ? formatMoneyWhole(row.models[model]?.net) : formatRatio(row.models[model]?.roas)}
    </span>
  ),
})

const figureOf = ({ models }: Row, model: ModelName, figure: Figure): string | number | null =>
  (figure === 'net' ? models[model]?.net?.amount : models[model]?.roas) ?? null

const MOST_SHADE = 22

/** Between the least and the most that any model gives this row; none where they agree within a hundredth. */
function shadeOf(row: Row, model: ModelName): number {
  const nets = MODELS.map(({ value }) => Number(row.models[value]?.net?.amount ?? 0))
  const [least, most] = [Math.min(...nets), Math.max(...nets)]
  if (most - least <= Math.abs(most) / 100) return 0
  return ((Number(row.models[model]?.net?.amount ?? 0) - least) / (most - least)) * MOST_SHADE
}

const nameOf = ({ bucket, provider, name, campaign_id }: Row): string => {
  if (campaign_id !== '') return name ?? campaign_id
  if (provider === '') return bucketName(bucket)
  return bucket === 'campaign' ? platformName(provider) : `${platformName(provider)} (${bucketName(bucket)})`
}

/** Whether the models share out all that was sold. */
function Sum({
  attribution: { store_net, credited, ledger, pending_since, rows_left_out },
}: {
  attribution: Attribution
}) {
  return (
    <p className="border-line border-t px-4 py-2.5 text-ink-3 text-xs sm:px-5">
      The store sold {formatMoneyRounded(store_net)} net; credited by last touch: {formatMoneyRounded(credited.last)}.{' '}
      {ledger === 'order'
        ? 'By the day of the order, every model adds up to the store.'
        : 'By the day of the click, credit may lie on days before the order, so sums differ from the store’s.'}
      {pending_since && ` From ${formatLongDay(pending_since)} on some orders still wait for their journey.`}
      {rows_left_out > 0 && ` ${rows_left_out} more rows are not shown.`}
    </p>
  )
}

import { ArrowDown, ArrowUp, Download } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { cn } from './class-names.ts'
import { type Cell, csvOf, download } from './csv.ts'
import { formatNumberOf } from './format.ts'
import { Empty } from './states.tsx'

export type Column<Row> = {
  id: string
  title: string
  /** For order and CSV; money as its amount. */
  value: (row: Row) => Cell
  /** What is shown, where that is not the value itself. */
  cell?: (row: Row) => ReactNode
  align?: 'right'
  /** Written in the CSV's heading, such as a currency. */
  unit?: string
  className?: string
  /** Over several lines: prose. */
  wraps?: boolean
  /** Left out where the window is narrow. */
  isMinor?: boolean
  /** Holds what is done with a row: no figure, and nothing to order by. */
  isAction?: boolean
}

/** More are shown when they are asked for; the CSV has all of them. */
const FIRST_ROWS = 25

type Sort = { id: string; down: boolean }

type Props<Row> = {
  /** Read out, and the CSV's file name. */
  name: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  empty?: string
  /** How many stand there at first. */
  first?: number
  /** Without rows to count and a file to take along: things that are managed, not figures. */
  isList?: boolean
}

/** A table that is ordered by its headings and can be taken along as CSV; narrow windows scroll it sideways. */
export function DataTable<Row>({ name, columns, rows, keyOf, empty, first = FIRST_ROWS, isList }: Props<Row>) {
  const [sort, setSort] = useState<Sort | null>(null)
  const [showsAll, setShowsAll] = useState(false)
  if (rows.length === 0) return <Empty title={empty ?? 'Nothing here yet'} />
  const ordered = sorted(rows, columns, sort)
  const shown = showsAll ? ordered : ordered.slice(0, first)
  const turn = (id: string): void => setSort(sort?.id === id && !sort.down ? null : { id, down: sort?.id !== id })
  return (
    <div className="@container">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section aria-label={name} tabIndex={0} className="scrolls-sideways relative overflow-x-auto">
        <table className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-line border-b text-ink-3 text-xs">
              {columns.map((column) => (
                <Heading key={column.id} column={column} sort={sort} turn={turn} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr
                key={keyOf(row)}
                className="group border-line/70 border-b transition-colors last:border-b-0 hover:bg-sunken/60"
              >
                {columns.map((column) => (
                  <td key={column.id} className={cn('py-2.5', placeOf(column), column.className)}>
                    {column.cell ? column.cell(row) : (column.value(row) ?? '–')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {!(isList && shown.length === rows.length) && (
        <footer className="flex items-center justify-between border-line border-t px-4 py-2 text-ink-3 text-xs sm:px-5">
          {shown.length < rows.length ? (
            <Button look="quiet" size="small" className="-ml-2" onClick={() => setShowsAll(true)}>
              Show all {rows.length} rows
            </Button>
          ) : (
            <span>{formatNumberOf(rows.length, 'row')}</span>
          )}
          {!isList && (
            <Button look="quiet" size="small" className="-mr-2" onClick={() => save(name, columns, ordered)}>
              <Download size={13} aria-hidden /> CSV
              <span className="sr-only">of {name}</span>
            </Button>
          )}
        </footer>
      )}
    </div>
  )
}

/**
 * Where a column stands: figures one beneath the other, equally wide, so that tables above one another line up; the first
 * column stays in sight while a narrow window scrolls the others.
 */
const placeOf = <Row,>({ align, isMinor, isAction, wraps }: Column<Row>): string =>
  cn(
    'px-3 first:pl-4 last:pr-4 sm:last:pr-5 sm:first:pl-5',
    'max-md:first:sticky max-md:first:left-0 max-md:first:z-10 max-md:first:bg-surface',
    align === 'right' && 'text-right',
    align === 'right' && !isAction && '@4xl:w-[11%]',
    isMinor && 'hidden md:table-cell',
    !wraps && 'whitespace-nowrap',
  )

type HeadingProps<Row> = { column: Column<Row>; sort: Sort | null; turn: (id: string) => void }

function Heading<Row>({ column, sort, turn }: HeadingProps<Row>) {
  const { id, title, isAction } = column
  const isSorted = sort?.id === id
  const Arrow = sort?.down ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (sort.down ? 'descending' : 'ascending') : undefined}
      className={cn('whitespace-nowrap py-2 text-left font-medium', placeOf({ ...column, wraps: true }))}
    >
      {isAction ? (
        <span className="sr-only">{title}</span>
      ) : (
        <button
          type="button"
          onClick={() => turn(id)}
          className="inline-flex items-center gap-1 rounded hover:text-ink pointer-coarse:py-2"
        >
          {title}
          {isSorted && <Arrow size={12} aria-hidden />}
        </button>
      )}
    </th>
  )
}

/** Text by the locale, numbers by size; what is unknown stands last. */
function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort | null): readonly Row[] {
  const column = columns.find(({ id }) => id === sort?.id)
  if (!sort || !column) return rows
  const sign = sort.down ? -1 : 1
  return [...rows].sort((left, right) => {
    const [a, b] = [column.value(left), column.value(right)]
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
    return sign * compare(a, b)
  })
}

const compare = (a: string | number, b: string | number): number =>
  Number.isNaN(Number(a)) || Number.isNaN(Number(b)) ? String(a).localeCompare(String(b)) : Number(a) - Number(b)

function save<Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const kept = columns.filter(({ isAction }) => !isAction)
  const header = kept.map(({ title, unit }) => (unit ? `${title} (${unit})` : title))
  const file = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  download(
    `${file}.csv`,
    csvOf(
      header,
      rows.map((row) => kept.map(({ value }) => value(row))),
    ),
  )
}

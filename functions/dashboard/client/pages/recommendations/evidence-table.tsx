import { type Column, DataTable } from '../../parts/data-table.tsx'
import { formatCount, inWords, platformName } from '../../parts/format.ts'

type Row = Readonly<Record<string, unknown>>

/** Ids and figures as they were recorded: a column for each name that occurs. */
export function EvidenceTable({ rows }: { rows: readonly Row[] }) {
  const isFigure = (name: string): boolean => rows.some((row) => typeof row[name] === 'number')
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  // What a row is about stands before its figures.
  const columns = names
    .sort((a, b) => Number(isFigure(a)) - Number(isFigure(b)))
    .map((name): Column<Row> => {
      return {
        id: name,
        title: inWords(name),
        ...(isFigure(name) && { align: 'right' as const }),
        value: (row) => plain(row[name]),
        cell: (row) => (name === 'provider' ? platformName(String(row[name])) : shown(row[name])),
      }
    })
  return (
    <div className="overflow-hidden rounded-lg border border-line">
      <DataTable name="Evidence" columns={columns} rows={rows} keyOf={(row) => JSON.stringify(row)} />
    </div>
  )
}

const plain = (value: unknown): string | number | null => {
  if (value === null || value === undefined) return null
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value)
}

const shown = (value: unknown): string => (typeof value === 'number' ? formatCount(value) : String(plain(value) ?? '–'))

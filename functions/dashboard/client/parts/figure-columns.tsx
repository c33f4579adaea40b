import type { Column } from './data-table.tsx'
import { type Amount, formatCount, formatMoney, formatMoneyWhole } from './format.ts'

type Named<Name extends string, Value> = { [N in Name]: Value }
type Titled = { title: string; currency: string }

/** Money without cents; the CSV and the pointer tell all digits. */
export const moneyColumn = <Name extends string, Row extends Named<Name, Amount | null>>(
  name: Name,
  { title, currency }: Titled,
): Column<Row> => ({
  id: name,
  title,
  unit: currency,
  align: 'right',
  value: (row) => row[name]?.amount ?? null,
  cell: (row) => <span title={formatMoney(row[name])}>{formatMoneyWhole(row[name])}</span>,
})

export const countColumn = <Name extends string, Row extends Named<Name, number | null>>(
  name: Name,
  title: string,
): Column<Row> => ({
  id: name,
  title,
  align: 'right',
  value: (row) => row[name],
  cell: (row) => formatCount(row[name]),
})

import * as z from 'zod'
import { available, readableDataset } from './dataset.ts'

export type QueryParameter = string | number | boolean | readonly string[]

type Wanted<Row extends z.ZodType> = {
  /** Tables and views by their bare names; values only as @name. */
  sql: string
  params?: Readonly<Record<string, QueryParameter>>
  /** Of each row: INTEGER arrives as bigint, NUMERIC as decimal text, DATE as YYYY-MM-DD, TIMESTAMP as RFC 3339 text. */
  row: Row
}

/** Rows of a read in the actor's tenant's own dataset, as its own principal. Throws UNAVAILABLE; a wrong row shape is a fault of ours and throws as such. */
export async function query<Row extends z.ZodType>(tenantId: string, wanted: Wanted<Row>): Promise<z.output<Row>[]> {
  const dataset = await readableDataset(tenantId)
  const [rows] = await available(
    dataset.query({
      query: wanted.sql,
      params: { ...wanted.params },
      types: emptyListTypes(wanted.params ?? {}),
      wrapIntegers: { integerTypeCastFunction: BigInt },
    }),
  )
  return z.array(wanted.row).parse(rows.map(plainRow))
}

/** The client cannot tell the type of an empty list by itself. */
const emptyListTypes = (params: Readonly<Record<string, QueryParameter>>) =>
  Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) =>
      Array.isArray(value) && value.length === 0 ? [[name, ['STRING']]] : [],
    ),
  )

const plainRow = (row: object): object =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)]))

const Wrapped = z.object({ value: z.string() })
const Decimal = z.custom<{ toFixed: () => string }>(
  (value) => typeof value === 'object' && value !== null && 'toFixed' in value && typeof value.toFixed === 'function',
)

/** The client wraps dates and instants in `{value}` and decimals in Big. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const wrapped = Wrapped.safeParse(value)
  if (wrapped.success) return wrapped.data.value
  const decimal = Decimal.safeParse(value)
  // Its String() turns small amounts into 1e-9.
  return decimal.success ? decimal.data.toFixed() : value
}

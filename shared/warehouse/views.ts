import { type WarehouseTable, warehouseTable } from './tables.ts'

/** The view that shows each row once, in the version that counts. */
export const viewOf = (table: WarehouseTable): string => `${table}_latest`

/**
 * Its SQL: of copies of a row the first recorded, and of versions only the newest complete one within `replacedBy`, so that
 * a row which the newest version of its day no longer has is gone. Says the same to BigQuery and DuckDB.
 */
export function viewSql(table: WarehouseTable, place: { project: string; dataset: string }): string {
  const { columns, key, version, replacedBy = key, completedBy } = warehouseTable(table)
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')
  const all = list(Object.keys(columns))
  const path = `\`${place.project}.${place.dataset}.${table}\``
  const copyOf = (identity: readonly string[]) =>
    `row_number() over (partition by ${list(identity)} order by recorded_at) as copy`
  if (!version) return `select ${all} from (select ${all}, ${copyOf(key)} from ${path}) where copy = 1`
  const complete = completedBy
    ? `case when \`${completedBy.column}\` = '${completedBy.value}' then \`${version}\` end`
    : `\`${version}\``
  const newest = `max(${complete}) over (partition by ${list(replacedBy)}) as newest`
  return `select ${all} from (select ${all}, ${copyOf([...key, version])}, ${newest} from ${path}) where copy = 1 and \`${version}\` = newest`
}

import { type Sql, sql, trusted } from './sql.ts'
import { type Rows, TABLES, type TableName, tableOf } from './tables.ts'
import type { Db } from './transaction.ts'

export type Owner = { tenant_id: string; brand_id: string; integration_id: string }
/**
 * Rows written (not merely seen), the days whose figures they change, unordered and without repeats, and the written rows'
 * own keys (the columns after tenant and brand) by table.
 */
export type Written = { rows: number; days: string[]; keys: ReadonlyMap<TableName, readonly string[][]> }
type JsonRow = Readonly<Record<string, unknown>>

/**
 * Writes the rows that differ from what is stored, set-based, parents first; a parent's children are replaced as a set
 * when the parent was written. A row older than the stored one is left out. Same rows again: nothing happens.
 */
export async function upsertRows(db: Db, rows: Rows, owner: Owner): Promise<Written> {
  const days = new Set<string>()
  const writtenParents = new Map<string, Set<unknown>>()
  const keys = new Map<TableName, string[][]>()
  let count = 0
  for (const name of Object.keys(TABLES) as TableName[]) {
    const given = rows[name]
    if (!given) continue
    const mine = lastOfEach(name, ofWrittenParents(name, given, writtenParents)).map((row) =>
      asJson({ ...row, ...owner }),
    )
    const parents = parentKeys(name, rows, writtenParents)
    if (parents.length > 0) await deleteOrphans(db, name, { owner, parents, kept: mine })
    if (mine.length === 0) continue
    const written = await upsertTable(db, name, mine)
    count += written.length
    for (const row of written) for (const day of row.days ?? []) if (day !== null) days.add(day)
    keys.set(
      name,
      written.map((row) => row.key),
    )
    writtenParents.set(name, new Set(written.map((row) => row.key[0])))
  }
  return { rows: count, days: [...days], keys }
}

const childColumn = (name: TableName): string => tableOf(name).key[2] ?? ''

function ofWrittenParents(
  name: TableName,
  given: readonly JsonRow[],
  written: ReadonlyMap<string, Set<unknown>>,
): readonly JsonRow[] {
  const { parent } = tableOf(name)
  if (!parent) return given
  const parents = written.get(parent)
  return parents ? given.filter((row) => parents.has(row[childColumn(name)])) : []
}

/** A statement may write a row once: of rows with the same key the last one counts. */
function lastOfEach(name: TableName, rows: readonly JsonRow[]): JsonRow[] {
  const own = tableOf(name).key.slice(2)
  return [...new Map(rows.map((row) => [own.map((column) => row[column]).join('\u0000'), row])).values()]
}

function parentKeys(name: TableName, rows: Rows, written: ReadonlyMap<string, Set<unknown>>): unknown[] {
  const { parent } = tableOf(name)
  return parent && parent in rows ? [...(written.get(parent) ?? [])] : []
}

async function deleteOrphans(
  db: Db,
  name: TableName,
  set: { owner: Owner; parents: unknown[]; kept: readonly JsonRow[] },
): Promise<void> {
  const { key } = tableOf(name)
  const parent = trusted(key[2] ?? '')
  const rest = trusted(key.slice(2).join(', '))
  const kept = JSON.stringify(
    set.kept.map((row) => Object.fromEntries(key.slice(2).map((column) => [column, row[column]]))),
  )
  const types = trusted(
    key
      .slice(2)
      .map((column) => `${column} text`)
      .join(', '),
  )
  await db.query(sql`
    delete from ${trusted(name)} t
    where t.tenant_id = ${set.owner.tenant_id} and t.brand_id = ${set.owner.brand_id} and t.${parent} = any(${set.parents}::text[])
      and (${trusted(
        key
          .slice(2)
          .map((column) => `t.${column}`)
          .join(', '),
      )}) not in (select ${rest} from jsonb_to_recordset(${kept}::jsonb) as kept (${types}))`)
}

const upsertTable = (
  db: Db,
  name: TableName,
  rows: readonly JsonRow[],
): Promise<{ key: string[]; days: (string | null)[] | null }[]> =>
  db.query(sql`${statementFor(name, JSON.stringify(rows))}`)

const heads = new Map<TableName, { before: string; after: string }>()

function statementFor(name: TableName, json: string): Sql {
  const head = heads.get(name) ?? buildHead(name)
  heads.set(name, head)
  return sql`${trusted(head.before)} ${json}::jsonb${trusted(head.after)}`
}

function buildHead(name: TableName): { before: string; after: string } {
  const table = tableOf(name)
  const columns = Object.keys(table.columns)
  const types = Object.entries(table.columns).map(([column, type]) => `${column} ${type.replace('?', '')}`)
  const own = table.key.slice(2)
  const changing = columns.filter((column) => !table.key.includes(column))
  const compared = changing.filter((column) => !table.ignored?.includes(column))
  const differs = `(${compared.map((c) => `t.${c}`).join(', ')}) is distinct from (${compared.map((c) => `excluded.${c}`).join(', ')})`
  const newer = table.version ? ` and excluded.${table.version} >= t.${table.version}` : ''
  const dayList = (table.days ?? []).flatMap((day) => [`old.${day}::text`, `new.${day}::text`])
  const days = dayList.length > 0 ? `array[${dayList.join(', ')}]` : 'null'
  return {
    before: `insert into ${name} as t (${columns.join(', ')}) select ${columns.join(', ')} from jsonb_to_recordset(`,
    after: `) as r (${types.join(', ')})
      on conflict (${table.key.join(', ')}) do update set ${changing.map((c) => `${c} = excluded.${c}`).join(', ')}
      where ${differs}${newer}
      returning array[${own.map((c) => `new.${c}::text`).join(', ')}] as key, ${days} as days`,
  }
}

/** bigint has no JSON form; Postgres reads it from text. */
const asJson = (row: JsonRow): JsonRow =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, typeof value === 'bigint' ? value.toString() : value]),
  )

import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { shopify } from '../../../functions/sync-shopify/connector.ts'
import { Sql, sql } from '../../../shared/db/sql.ts'
import { type Rows, TABLES, type TableName, tableOf } from '../../../shared/db/tables.ts'
import { type Db, transaction } from '../../../shared/db/transaction.ts'
import type { Owner } from '../../../shared/db/upsert.ts'
import { syncConnection } from '../../../shared/sync/run.ts'
import { copyIn, copyText } from './copy-in.ts'
import { pagesOfShop } from './shop.ts'

/** Milliseconds of the part that counts. `adminUrl` is of a role that policies do not bind. */
export type Contender = (owner: Owner, adminUrl: string) => Promise<number>

/** The whole path: lease, HTTP client, parsing, rows, upserts with cursor and touched days, events. */
const sync: Contender = async ({ tenant_id, integration_id }) => {
  const now = new Date().toISOString()
  const event = {
    id: uuidv7(),
    type: 'sync.requested.shopify',
    tenantId: tenant_id,
    occurredAt: now,
    data: { integration_id, due_at: now },
  } as const
  const elapsed = await timed(() => syncConnection(shopify, event, { mustStop: () => false }))
  const runs = await transaction((db) =>
    db.query<{ status: string; error_message: string | null }>(
      sql`select status, error_message from sync_runs where tenant_id = ${tenant_id}`,
    ),
  )
  if (runs[0]?.status !== 'completed') throw new Error(`The sync did not complete: ${JSON.stringify(runs)}`)
  return elapsed
}

const TABLES_OF_ORDERS = [
  'orders',
  'order_lines',
  'refunds',
  'refund_lines',
  'order_transactions',
  'touchpoints',
] as const
type Copied = Map<TableName, Buffer[]>

/** The same rows as bytes, made beforehand: a table after the other, in one transaction. */
const copy: Contender = async (owner, adminUrl) =>
  copying(owner, adminUrl, async (client, copied) => {
    await client.query('begin')
    for (const [table, pages] of copied) await copyIn(client, table, pages)
    await client.query('commit')
  })

/** As above, in transactions of one page. */
const copyByPage: Contender = async (owner, adminUrl) =>
  copying(owner, adminUrl, async (client, copied) => {
    for (const page of copied.get('orders')?.keys() ?? []) {
      await client.query('begin')
      for (const [table, pages] of copied) await copyIn(client, table, pages.slice(page, page + 1))
      await client.query('commit')
    }
  })

async function copying(
  owner: Owner,
  adminUrl: string,
  write: (client: pg.Client, copied: Copied) => Promise<void>,
): Promise<number> {
  const copied: Copied = new Map(TABLES_OF_ORDERS.map((table) => [table, []]))
  for await (const { rows } of pagesOfShop(owner)) {
    for (const table of TABLES_OF_ORDERS) copied.get(table)?.push(copyText(table, rows[table] ?? [], owner))
  }
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    return await timed(() => write(client, copied))
  } finally {
    await client.end()
  }
}

/** One upsert a row, each awaited, in transactions of one page; reading and parsing do not count. */
const rowByRow: Contender = async (owner) => {
  let elapsed = 0
  for await (const { rows } of pagesOfShop(owner)) {
    elapsed += await timed(() => transaction((db) => upsertEach(db, rows, owner)))
  }
  return elapsed
}

async function upsertEach(db: Db, rows: Rows, owner: Owner): Promise<void> {
  for (const table of TABLES_OF_ORDERS) {
    const text = UPSERTS[table]
    const columns = Object.keys(TABLES[table].columns)
    for (const row of rows[table] ?? []) {
      const stored: Readonly<Record<string, unknown>> = { ...row, ...owner }
      await db.query(
        new Sql(
          text,
          columns.map((column) => stored[column]),
        ),
      )
    }
  }
}

function upsertText(table: TableName): string {
  const { columns, key } = tableOf(table)
  const names = Object.keys(columns)
  const changing = names.filter((name) => !key.includes(name))
  return `insert into ${table} (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})
    on conflict (${key.join(', ')}) do update set ${changing.map((name) => `${name} = excluded.${name}`).join(', ')}`
}
const UPSERTS = Object.fromEntries(TABLES_OF_ORDERS.map((table) => [table, upsertText(table)])) as Readonly<
  Record<(typeof TABLES_OF_ORDERS)[number], string>
> // an entry for each table of the list

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

export const CONTENDERS = { sync, copy, 'copy by page': copyByPage, 'row by row': rowByRow } as const
export type ContenderName = keyof typeof CONTENDERS
export { TABLES_OF_ORDERS }

import { sql } from './sql.ts'
import type { Db } from './transaction.ts'

/** Names of all tables that hold rows of tenants, children before their parents, as the catalog has them. */
export async function tenantTables(db: Db): Promise<string[]> {
  const rows = await db.query<{ name: string; parents: string[] }>(sql`
    select c.relname::text as name, coalesce((select array_agg(p.relname::text) from pg_constraint f
        join pg_class p on p.oid = f.confrelid where f.conrelid = c.oid and f.contype = 'f' and p.oid <> c.oid), '{}') as parents
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by 1`)
  const parentsOf = new Map(rows.map(({ name, parents }) => [name, parents]))
  const parentsFirst = new Set<string>()
  const visit = (name: string): void => {
    if (parentsFirst.has(name)) return
    for (const parent of parentsOf.get(name) ?? []) visit(parent)
    if (parentsOf.has(name)) parentsFirst.add(name)
  }
  for (const name of parentsOf.keys()) visit(name)
  return [...parentsFirst].reverse()
}

import { beforeAll, describe, expect, it } from 'vitest'
import { TABLES } from '../../shared/db/tables.ts'
import { useDatabase } from '../support/database.ts'

const database = useDatabase()
const NOT_OF_A_TENANT = ['schema_migrations', 'fx_rates', 'model_prices']

type TableRow = { name: string; forced: boolean; enabled: boolean; policies: string[]; key: string[] }
let tables: TableRow[] = []

beforeAll(async () => {
  tables = await database.asAdmin<TableRow>(`
    select c.relname as name, c.relforcerowsecurity as forced, c.relrowsecurity as enabled,
      coalesce((select array_agg(p.polname || ' ' || (p.polqual is not null)::text || ' ' || (p.polwithcheck is not null)::text order by p.polname)
        from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant'), '{}') as policies,
      (select array_agg(a.attname::text order by k.ord) from pg_index i, unnest(i.indkey) with ordinality k(att, ord)
        join pg_attribute a on a.attnum = k.att where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid) as key
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by 1`)
})

const ofTenants = () => tables.filter(({ name }) => !NOT_OF_A_TENANT.includes(name))

describe('every tenant table', () => {
  it('forces row-level security with one tenant policy that checks reads and writes', () => {
    expect(ofTenants().length).toBeGreaterThan(25)
    for (const table of ofTenants()) {
      expect({ name: table.name, enabled: table.enabled, forced: table.forced, policies: table.policies }).toEqual({
        name: table.name,
        enabled: true,
        forced: true,
        policies: ['tenant true true'],
      })
    }
  })

  it('has a key that begins with the tenant', () => {
    for (const { name, key } of ofTenants())
      expect([name, key[0]]).toEqual([name, name === 'tenants' ? 'id' : 'tenant_id'])
  })

  it('has foreign keys that carry the tenant', async () => {
    const rows = await database.asAdmin<{ name: string; columns: string[] }>(`
      select c.conrelid::regclass::text as name,
        (select array_agg(a.attname::text) from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k) as columns
      from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace`)
    expect(rows.length).toBeGreaterThan(15)
    for (const { name, columns } of rows) expect([name, columns.includes('tenant_id')]).toEqual([name, true])
  })

  it('is hidden behind its parent: partitions grant nothing', async () => {
    const rows = await database.asAdmin(`
      select c.relname, g.grantee from pg_class c join information_schema.role_table_grants g on g.table_name = c.relname
      where c.relispartition and g.grantee like 'pulsepoint%' and g.grantee <> 'pulsepoint_owner'`)
    expect(rows).toEqual([])
  })
})

describe('roles', () => {
  it('own nothing, bypass nothing, and are no superusers; only the owner owns', async () => {
    const roles = await database.asAdmin<{ rolname: string; rolsuper: boolean; rolbypassrls: boolean }>(
      "select rolname, rolsuper, rolbypassrls from pg_roles where rolname like 'pulsepoint%'",
    )
    expect(roles.length).toBe(9)
    for (const role of roles) expect(role).toMatchObject({ rolsuper: false, rolbypassrls: false })
    const owners = await database.asAdmin<{ owner: string }>(
      "select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'public'::regnamespace",
    )
    expect(owners).toEqual([{ owner: 'pulsepoint_owner' }])
  })

  it('reach past the tenant only by the SECURITY DEFINER functions that resolve who somebody is', async () => {
    const rows = await database.asAdmin<{ proname: string; owner: string; fixed_path: boolean }>(`
      select proname, pg_get_userbyid(proowner) as owner, coalesce(array_to_string(proconfig, ',') like '%search_path=pg_catalog%', false) as fixed_path
      from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by proname`)
    const resolvers = ['resolve_account_in_use', 'resolve_login', 'resolve_shop']
    const expected = resolvers.map((proname) => ({ proname, owner: 'pulsepoint_resolver', fixed_path: true }))
    expect(rows.filter(({ owner }) => owner !== 'pulsepoint_owner')).toEqual(expected)
  })

  it('let operators alone make and drop partitions by time, and touch no other table of the owner', async () => {
    const rows = await database.asAdmin(`
      select proname, proconfig, array(select g.grantee::text from information_schema.role_routine_grants g
        where g.routine_name = p.proname and g.grantee not in ('pulsepoint_owner', 'postgres') order by 1) as callers
      from pg_proc p where pronamespace = 'public'::regnamespace and prosecdef and pg_get_userbyid(proowner) = 'pulsepoint_owner'`)
    expect(rows).toEqual([
      {
        proname: 'keep_event_partitions',
        proconfig: ['search_path=public, pg_temp'],
        callers: ['pulsepoint_operator'],
      },
    ])
  })
})

describe('the tables that connectors fill', () => {
  it.each(Object.entries(TABLES))('%s is declared as the catalog has it', async (name, table) => {
    const rows = await database.asAdmin<{ column: string; type: string; nullable: boolean }>(
      `select a.attname as column, format_type(a.atttypid, null) as type, not a.attnotnull as nullable
       from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`,
      [name],
    )
    const short = (type: string) => (type === 'timestamp with time zone' ? 'timestamptz' : type)
    const actual = Object.fromEntries(
      rows.map(({ column, type, nullable }) => [column, `${short(type)}${nullable ? '?' : ''}`]),
    )
    expect(table.columns).toEqual(actual)
    const key = await database.asAdmin<{ key: string[] }>(
      `select array_agg(a.attname::text order by k.ord) as key from pg_index i cross join unnest(i.indkey) with ordinality k(att, ord)
       join pg_attribute a on a.attnum = k.att and a.attrelid = i.indrelid where i.indrelid = $1::regclass and i.indisprimary`,
      [name],
    )
    expect(table.key).toEqual(key[0]?.key)
  })
})

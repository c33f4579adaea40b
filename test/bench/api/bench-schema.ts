import type { BenchDatabase } from '../database.ts'
import { brandId, LAST_DAY, tenantId } from '../tenancy/data.ts'
import { statementsOf } from './statements.ts'

const BRAND = `select time_zone, currency from brands where tenant_id = $tenant and brand_id = $brand`
const TENANT = `nullif(current_setting('app.tenant_id', true), '')::uuid`

/**
 * A schema for PostGraphile: the dashboard's own statements as functions of brand and period that answer JSON, bound by the
 * caller's policies. Better than tables for it: nothing is aggregated in JavaScript and the text is made in Postgres.
 */
export async function createBenchSchema({ admin }: BenchDatabase): Promise<void> {
  await admin.query('create schema bench')
  await admin.query('grant usage on schema bench to pulsepoint_app')
  const since = '2026-10-20'
  const asked = { tenantId: tenantId(1), brandId: brandId(1), since, until: LAST_DAY }
  for (const { name, text, values } of await statementsOf(asked)) {
    const names = new Map<unknown, string>([
      [asked.tenantId, TENANT],
      [asked.brandId, 'brand'],
      [since, 'since'],
      [LAST_DAY, 'until'],
    ])
    const body = text.replace(
      /\$(\d+)/g,
      (_, n: string) => names.get(values[Number(n) - 1]) ?? literal(values[Number(n) - 1]),
    )
    await createFunction(
      admin,
      name === 'connections' ? `${name}(brand uuid)` : `${name}(brand uuid, since date, until date)`,
      body,
    )
  }
  await createFunction(
    admin,
    'brand(brand uuid)',
    BRAND.replace('$tenant', TENANT).replace('= $brand', '= brand.brand'),
  )
}

const createFunction = (admin: BenchDatabase['admin'], signature: string, body: string) =>
  admin.query(`create function bench.${signature} returns json language sql stable
    as $$ select coalesce(json_agg(x), '[]') from (${body}) x $$`)

const literal = (value: unknown): string => (typeof value === 'number' ? String(value) : `'${String(value)}'`)

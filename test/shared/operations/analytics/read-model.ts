import type { TestDatabase } from '../../../support/database.ts'
import type { TestTenant } from '../../../support/tenants.ts'

/** A row of the read model as a test writes it: money in whole units, all else as it is. */
export type Written = Readonly<Record<string, string | number | null>> & {
  day: string
  part: 'store' | 'ads' | 'credit'
}

const MICROS = 1_000_000

/** Writes rows of the brand's read model as they are, `*_micros` in whole units. */
export async function writeReadModel(database: TestDatabase, tenant: TestTenant, rows: readonly Written[]) {
  for (const row of rows) {
    const scaled = Object.entries(row).map(([name, value]): [string, string | number | null] => [
      name,
      name.endsWith('_micros') && typeof value === 'number' ? Math.round(value * MICROS) : value,
    ])
    const all = Object.entries({ currency: 'USD', version: 1, ...Object.fromEntries(scaled) })
    const columns = ['tenant_id', 'brand_id', ...all.map(([name]) => name)]
    const values = [tenant.tenantId, tenant.brandId, ...all.map(([, value]) => value)]
    const places = values.map((_, index) => `$${index + 1}`)
    await database.asAdmin(`insert into unified_performance (${columns}) values (${places})`, values)
  }
}

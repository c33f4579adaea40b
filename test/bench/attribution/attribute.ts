import { v7 as uuidv7 } from 'uuid'
import { attributeBrand } from '../../../functions/attribute-orders/attribute.ts'
import { nowText } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { asSystem, type TestTenant } from '../../support/tenants.ts'

/** What `rows.synced` sets going, until no day is left: milliseconds. */
export async function attribute({ tenantId, brandId }: TestTenant): Promise<number> {
  const started = performance.now()
  do {
    const event = {
      id: uuidv7(),
      type: 'rows.synced',
      tenantId,
      occurredAt: nowText(),
      data: { brand_id: brandId },
    } as const
    await asSystem(tenantId, () => attributeBrand(event))
  } while ((await waiting(tenantId, brandId)) > 0n)
  return performance.now() - started
}

const waiting = (tenantId: string, brandId: string): Promise<bigint> =>
  asSystem(tenantId, () =>
    transaction(async (db) => {
      const days = await db.one<{ days: bigint }>(
        sql`select count(*) as days from touched_days where tenant_id = ${tenantId} and brand_id = ${brandId}`,
      )
      return days?.days ?? 0n
    }),
  )

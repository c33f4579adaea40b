import { clock } from '../../../shared/clock.ts'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { record } from '../../../shared/events/record.ts'
import { keepFigures } from '../../../shared/operations/analytics/watched.ts'
import { actor } from '../../../shared/tenant.ts'
import { dayIn } from '../../../shared/units.ts'
import type { Chore } from '../chore.ts'
import { forEachTenant } from '../tenants.ts'

const DAY_MS = 86_400_000

/** Keeps how yesterday stands this morning in every brand, and asks for its judgement. At the same hour each day, so that ages are alike. */
export const keepYesterday: Chore = {
  name: 'keep-figures',
  run: (deadline) => forEachTenant(deadline, keepOfTenant, { of: 'working' }),
}

async function keepOfTenant(): Promise<void> {
  const at = clock.now()
  await transaction(async (db) => {
    const brands = await db.query<{ brand_id: string; time_zone: string }>(
      sql`select brand_id, time_zone from brands where tenant_id = ${actor().tenantId} order by brand_id`,
    )
    for (const { brand_id, time_zone } of brands) {
      const day = dayIn(time_zone, new Date(at.getTime() - DAY_MS))
      await keepFigures(db, { brandId: brand_id, day, at })
      await record(db, 'figures.kept', { data: { brand_id, day }, key: `${brand_id}:${day}` })
    }
  })
}

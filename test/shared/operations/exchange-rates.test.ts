import { expect, test } from 'vitest'
import { useApi } from '../../support/api.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { signIn } from '../../support/people.ts'
import { createTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()
const call = useApi()

test('a brand shows the rates of its figures, the latest day first, and where there was none', async () => {
  const { tenantId, brandId } = await createTenant('rates')
  const { token } = await signIn(tenantId, 'analyst')
  await database.asAdmin(
    `insert into brand_rates (tenant_id, brand_id, day, currency, base, rate, rate_day, source) values
       ($1, $2, '2026-11-22', 'EUR', 'USD', 1.0686, '2026-11-20', 'ECB'),
       ($1, $2, '2026-11-22', 'KWD', 'USD', null, null, null),
       ($1, $2, '2026-11-21', 'USD', 'JPY', 157.4, '2026-11-20', 'ECB'), -- from when the brand reported in yen
       ($1, $2, '2026-11-20', 'EUR', 'USD', 1.0686, '2026-11-20', 'ECB')`,
    [tenantId, brandId],
  )
  const eur = { currency: 'EUR', base: 'USD', rate: '1.0686', rate_day: '2026-11-20', source: 'ECB' }
  const first = await call(`/api/brands/${brandId}/exchange-rates?limit=2`, { token })
  expect(first.body).toMatchObject({
    rates: [
      { day: '2026-11-22', currency: 'KWD', base: 'USD', rate: null, rate_day: null, source: null },
      { day: '2026-11-22', ...eur },
    ],
  })
  const { next_cursor } = first.body as { next_cursor: string } // the schema of the answer, checked by the contracts
  const second = await call(`/api/brands/${brandId}/exchange-rates?limit=2&cursor=${next_cursor}`, { token })
  expect(second.body).toEqual({ rates: [{ day: '2026-11-20', ...eur }], next_cursor: null })
})

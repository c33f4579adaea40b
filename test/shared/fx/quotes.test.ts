import { beforeAll, expect, test } from 'vitest'
import { sql } from '../../../shared/db/sql.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { newestDay, saveRates } from '../../../shared/fx/euro-rates.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem } from '../../support/tenants.ts'

const database = useDatabase()
const FRIDAY = '2026-11-20'
const asPlatform = <T>(work: () => T): T => asSystem(PLATFORM_TENANT_ID, work)
const saved = (...rates: [string, string, string][]) =>
  asPlatform(() => saveRates(rates.map(([day, currency, rate]) => ({ day, currency, rate }))))
const rate = async (from: string, to: string, day: string) =>
  (
    await asPlatform(() =>
      transaction((db) => db.one<{ rate: string | null }>(sql`select fx_rate(${from}, ${to}, ${day}::date) as rate`)),
    )
  )?.rate

beforeAll(async () => {
  await saved(
    ['2026-11-19', 'USD', '1.25'],
    [FRIDAY, 'USD', '1.0686'],
    [FRIDAY, 'JPY', '168.20'],
    ['2026-11-23', 'JPY', '170.00'],
  )
})

test.each<[string, string, string, string | null, string]>([
  ['EUR', 'USD', FRIDAY, '1.0686', 'as published'],
  ['USD', 'EUR', FRIDAY, '0.935803855511884708965000935804', 'the other way round'],
  ['USD', 'JPY', FRIDAY, '157.402208497099008047913157402208', 'over the euro'],
  ['EUR', 'USD', '2026-11-22', '1.0686', 'on a Sunday, Friday’s'],
  ['EUR', 'USD', '2026-11-27', '1.0686', 'seven days later'],
  ['EUR', 'USD', '2026-11-28', null, 'eight days later'],
  ['EUR', 'USD', '2026-11-18', null, 'before the first'],
  ['EUR', 'JPY', '2026-11-23', '170.00', 'the newest'],
  ['USD', 'JPY', '2026-11-23', '157.402208497099008047913157402208', 'both of the last day that has both'],
  ['EUR', 'KWD', FRIDAY, null, 'a currency that is not quoted'],
  ['KWD', 'USD', FRIDAY, null, 'from one that is not quoted'],
  ['KWD', 'KWD', FRIDAY, '1', 'the same, quoted or not'],
])('one %s in %s on %s is %s: %s', async (from, to, day, expected) => {
  expect(await rate(from, to, day)).toBe(expected)
})

test('the same file again changes nothing; a correction replaces', async () => {
  expect(await saved([FRIDAY, 'USD', '1.06860'], [FRIDAY, 'JPY', '168.2'])).toBe(0)
  expect(await saved(['2026-11-24', 'SEK', '11.05'])).toBe(1)
  expect(await saved(['2026-11-24', 'SEK', '11.15'])).toBe(1)
  expect(await rate('EUR', 'SEK', '2026-11-24')).toBe('11.15')
  expect(await asPlatform(newestDay)).toBe('2026-11-24')
})

test('only the role that keeps rates may write them, and it reads nothing of tenants but rates', async () => {
  const write = () => transaction((db) => db.query(sql`update fx_rates set rate = 1`))
  await expect(asPlatform(write)).rejects.toThrow(/permission denied/)
  const granted = await database.asAdmin(
    `select table_name, array_agg(distinct privilege_type::text order by privilege_type::text) as may,
       array_agg(distinct column_name::text order by column_name::text) as columns
     from information_schema.column_privileges where grantee = 'pulsepoint_rates' group by 1 order by 1`,
  )
  expect(granted).toEqual([
    {
      table_name: 'brand_rates',
      may: ['SELECT'],
      columns: ['base', 'brand_id', 'currency', 'day', 'rate', 'rate_day', 'tenant_id'],
    },
    {
      table_name: 'fx_rates',
      may: ['INSERT', 'SELECT', 'UPDATE'],
      columns: ['base', 'currency', 'day', 'fetched_at', 'rate', 'source'],
    },
  ])
})

test.each(['0', '-1', 'NaN', 'Infinity'])('a rate of %s is refused', async (wrong) => {
  await expect(saved(['2026-11-24', 'NOK', wrong])).rejects.toThrow(/check constraint/)
})

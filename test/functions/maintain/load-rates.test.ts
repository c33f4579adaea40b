import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadRates } from '../../../functions/maintain/chores/load-rates.ts'
import { ecbSandbox } from '../../../scripts/sandbox/ecb.ts'
import { clock } from '../../../shared/clock.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { listening } from '../../sandbox/listening.ts'
import { useDatabase } from '../../support/database.ts'
import { asSystem } from '../../support/tenants.ts'

const database = useDatabase()
const realNow = clock.now
let asked: string[] = []
let now = new Date()
/** What is answered instead of the bank's own file. */
let instead: string | null = null

const load = () => asSystem(PLATFORM_TENANT_ID, () => loadRates.run(Date.now() + 10_000))
const days = async () =>
  (await database.asAdmin<{ day: string }>('select distinct day::text from fx_rates order by day desc')).map(
    (row) => row.day,
  )
const at = (instant: string) => {
  now = new Date(instant)
}

beforeEach(async () => {
  clock.now = () => now
  const bank = ecbSandbox({ now: () => now, since: '2025-12-01' })
  const app = new Hono().all('*', (c) => {
    asked.push(c.req.path.replace('/stats/eurofxref/eurofxref-', ''))
    return instead === null ? bank.fetch(c.req.raw) : c.text(instead)
  })
  process.env.ECB_URL = await listening(app)
  forgetConfig()
})
afterEach(() => {
  clock.now = realNow
  delete process.env.ECB_URL
  forgetConfig()
  asked = []
  instead = null
})

test('the first time loads everything, then each day the newest, and after a gap what was missed', async () => {
  at('2026-11-24T03:30:00Z')
  // 256 working days of 29 currencies, and in December the lev, which the euro has replaced since.
  expect(await load()).toEqual({ rates: 256 * 29 + 23, changed: 256 * 29 + 23 })
  const known = await days()
  expect([known[0], known.at(-1)]).toEqual(['2026-11-23', '2025-12-01'])
  expect(known.filter((day) => [0, 6].includes(new Date(day).getUTCDay()))).toEqual([])
  expect(await load()).toEqual({ rates: 29, changed: 0 })

  at('2026-11-25T03:30:00Z')
  expect(await load()).toEqual({ rates: 29, changed: 29 })
  at('2026-12-01T03:30:00Z')
  expect(await load()).toMatchObject({ changed: 4 * 29 })
  expect((await days()).slice(0, 5)).toEqual(['2026-11-30', '2026-11-27', '2026-11-26', '2026-11-25', '2026-11-24'])
  expect(asked).toEqual(['hist.xml', 'daily.xml', 'daily.xml', 'daily.xml', 'hist-90d.xml'])
})

test('a file with anything wrong in it changes nothing', async () => {
  at('2026-12-02T03:30:00Z')
  const before = await days()
  instead = '<html><body>Maintenance</body></html>'
  await expect(load()).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' })
  expect(await days()).toEqual(before)
})

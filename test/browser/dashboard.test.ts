import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { seriousIn } from './axe.ts'
import { openBrowser } from './chromium.ts'
import { callApi, loginOf, type RunningPlatform, usePlatform } from './platform.ts'
import { openPage, signIn, type WatchedPage } from './watched-page.ts'

/** A person's way through the pages, on the whole platform: minutes, so only where BROWSER_TESTS=all. */
const isAsked = process.env.BROWSER_TESTS === 'all'
const WRONG_PASSWORDS = 12
const PAGES = [
  '/',
  '/attribution',
  '/ask',
  '/recommendations',
  '/alerts',
  '/products',
  '/cohorts',
  '/integrations',
  '/observability',
  '/settings',
]
const Money = z.object({ amount: z.string(), currency: z.string() })

describe.runIf(isAsked)('the dashboard', () => {
  let platform: RunningPlatform
  let browser: Browser
  let open: WatchedPage | undefined

  beforeAll(async () => {
    platform = await usePlatform()
    browser = await openBrowser()
  }, 600_000)
  afterAll(async () => {
    await browser?.close()
    await platform?.stop()
  }, 60_000)
  afterEach(async () => {
    const faults = open?.faults ?? []
    await open?.close()
    open = undefined
    expect(faults).toEqual([])
  })

  const as = async (role: string): Promise<WatchedPage> => {
    open = await openPage(browser, platform.url)
    await signIn(open.page, loginOf(platform, role))
    return open
  }
  const brandId = (): string => platform.tenants.find(({ brands }) => brands.length > 0)?.brands[0]?.brand_id ?? ''

  test('shows the figures that the API answers, and goes on after a reload without a password', async () => {
    const { page } = await as('admin')
    await page.goto(`/?brand=${brandId()}`)
    const schema = z.object({
      kpis: z.object({ net: z.object({ value: Money }), orders: z.object({ value: z.number() }) }),
    })
    const route = `/api/brands/${brandId()}/dashboard`
    const { kpis } = await callApi(platform, loginOf(platform, 'admin'), { route, schema })
    const orders = page.locator('[data-kpi=orders] dd').first()
    await orders.waitFor()
    expect(await orders.textContent()).toBe(kpis.orders.value.toLocaleString('en-US'))
    const { amount, currency } = kpis.net.value
    const exact = Number(amount).toLocaleString('en-US', { style: 'currency', currency })
    expect(await page.locator('[data-kpi=net] dd').first().getAttribute('title')).toBe(exact)
    await page.reload()
    await orders.waitFor()
    expect(await page.evaluate<string>('JSON.stringify([localStorage, sessionStorage])')).not.toMatch(/eyJ|pp_/)
  })

  test('credits by the model that is chosen, which the URL keeps', async () => {
    const { page } = await as('admin')
    await page.goto(`/?brand=${brandId()}`)
    const answered = page.waitForResponse((response) => /dashboard\?.*model=first/.test(response.url()))
    await page.getByRole('button', { name: 'First touch' }).click()
    const schema = z.object({ channels: z.array(z.object({ credited_net: Money.nullable() })) })
    const { channels } = schema.parse(await (await answered).json())
    const most = Math.max(...channels.map(({ credited_net }) => Number(credited_net?.amount ?? 0)))
    const shown = most.toLocaleString('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 })
    await page
      .getByRole('cell', { name: shown.replace(/\.00$/, '') })
      .first()
      .waitFor()
    expect(page.url()).toContain('model=first')
  })

  test('takes a decision on advice', async () => {
    const { page } = await as('admin')
    const schema = z.object({ recommendations: z.array(z.object({ brand_id: z.string(), title: z.string() })) })
    const route = '/api/recommendations?status=open'
    const { recommendations } = await callApi(platform, loginOf(platform, 'admin'), { route, schema })
    const advice = recommendations[0]
    if (!advice) throw new Error('the demo has no advice to accept')
    await page.goto(`/recommendations?brand=${advice.brand_id}`)
    await page
      .getByRole('button', { name: `Accept: ${advice.title}` })
      .first()
      .click()
    await page.getByRole('button', { name: 'Accepted' }).click()
    await page.getByRole('heading', { name: advice.title }).first().waitFor()
  })

  test('tells an analyst what is not theirs, and offers nothing of it', async () => {
    const { page } = await as('analyst')
    await page.goto('/observability')
    await page.getByText('Only administrators see').waitFor()
    await page.goto('/settings')
    await page.getByRole('button', { name: 'Users' }).click()
    await page.getByText('You may not see this').waitFor()
    await page.goto('/integrations')
    await page.getByRole('progressbar').first().waitFor()
    expect(await page.getByRole('button', { name: 'Connect' }).count()).toBe(0)
  })

  test.each([
    ['light', 'admin', PAGES],
    ['dark', 'admin', PAGES],
    ['light', 'operator', ['/operator']],
    ['dark', 'operator', ['/operator']],
  ] as const)(
    'has nothing serious for axe on any page: %s, %s',
    async (colorScheme, role, paths) => {
      open = await openPage(browser, platform.url, { colorScheme, reducedMotion: 'reduce' })
      const { page } = open
      const found: Record<string, string[]> = {}
      await page.goto('/login')
      await page.getByRole('button', { name: 'Sign in' }).waitFor()
      found['/login'] = await seriousIn(page)
      await signIn(page, loginOf(platform, role))
      for (const path of paths) {
        await page.goto(path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        found[path] = await seriousIn(page)
      }
      expect(Object.fromEntries(Object.entries(found).filter(([, serious]) => serious.length > 0))).toEqual({})
    },
    300_000,
  )

  test('shows an alert as it is raised', async () => {
    const { page } = await as('admin')
    await page.goto('/alerts')
    await page.getByText('What needs attention').waitFor()
    const { email } = loginOf(platform, 'analyst')
    for (let tries = 0; tries < WRONG_PASSWORDS; tries++) {
      await fetch(`${platform.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: 'wrong' }),
      })
    }
    await page
      .getByRole('listitem')
      .filter({ hasText: /sign-ins/i })
      .first()
      .waitFor({ timeout: 60_000 })
  }, 120_000)

  test('is dark or light as one likes, also after a reload', async () => {
    const { page } = await as('admin')
    const theme = () => page.evaluate<string>('document.documentElement.dataset.theme')
    await page.goto('/settings')
    await page.getByRole('button', { name: 'Dark', exact: true }).last().click()
    expect(await theme()).toBe('dark')
    await page.reload()
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    expect(await theme()).toBe('dark')
  })

  test('ends every session where that is asked for', async () => {
    const { page } = await as('admin')
    await page.goto('/settings')
    await page.getByRole('button', { name: 'Sign out everywhere' }).first().click()
    await page.waitForURL(/\/login/)
  })
})

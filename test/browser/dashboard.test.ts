import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { giveAdvice } from './advice.ts'
import { seriousIn } from './axe.ts'
import { openBrowser } from './chromium.ts'
import { OPERATOR_PAGES, OUTSIDE, PAGES } from './paths.ts'
import { brandOf, callApi, loginOf, type RunningPlatform, usePlatform } from './platform.ts'
import { openPage, signIn, type WatchedPage } from './watched-page.ts'

/** A person's way through the pages, on the whole platform: minutes, so only where BROWSER_TESTS=all. */
const isAsked = process.env.BROWSER_TESTS === 'all'
const WRONG_PASSWORDS = 12
const Cell = z.object({ ref: z.string(), text: z.string() })
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
  const brandId = (): string => brandOf(platform).brandId

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
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().includes(route)) asked.push(request.url())
    })
    await page.reload()
    await orders.waitFor()
    expect(asked, 'what is asked for early is what the page shows').toHaveLength(1)
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
    const title = await giveAdvice(platform.database_url, brandOf(platform).tenantId, brandId())
    const { page } = await as('admin')
    await page.goto(`/recommendations?brand=${brandId()}`)
    const advice = page.getByRole('heading', { name: title })
    await page.getByRole('button', { name: `Accept: ${title}` }).click()
    await advice.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Accepted' }).click()
    await advice.waitFor()
    const schema = z.object({ recommendations: z.array(z.object({ title: z.string() })) })
    const route = '/api/recommendations?status=accepted'
    const { recommendations } = await callApi(platform, loginOf(platform, 'admin'), { route, schema })
    expect(recommendations.map((each) => each.title)).toContain(title)
  })

  test('answers a question, each figure of which leads to its evidence', async () => {
    const { page } = await as('admin')
    await page.goto(`/ask?brand=${brandId()}`)
    await page.getByLabel('Your question').fill('Which campaign had the best ROAS last week?')
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await page.getByText('Checked', { exact: true }).waitFor({ timeout: 30_000 })
    const figure = page.getByRole('button', { name: /show where it comes from/ }).first()
    await figure.click()
    expect(await figure.getAttribute('aria-pressed')).toBe('true')
    const cell = page.locator('[data-ref][aria-current=true]')
    expect(await cell.count()).toBe(1)
    const [shown, evidence] = [await figure.textContent(), await cell.locator('strong').textContent()]
    expect(evidence).toMatch(/^\d+\.\d\d$/)
    expect(shown?.split(',')[0]).toBe(evidence)
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.getByText('counts into the accuracy').waitFor()
  })

  test('tells the last day in words, each figure of which leads to its evidence', async () => {
    const { page } = await as('admin')
    await page.goto(`/?brand=${brandId()}`)
    const told = page.getByRole('region', { name: /in words$/ })
    const figure = told.getByRole('button', { name: /Orders.*show where it comes from/ }).first()
    await figure.click()
    const schema = z.object({ summary: z.object({ evidence: z.array(z.object({ cells: z.array(Cell) })) }) })
    const route = `/api/brands/${brandId()}/summary`
    const { summary } = await callApi(platform, loginOf(platform, 'admin'), { route, schema })
    const shown = told.locator('[data-ref][aria-current=true]')
    const ref = await shown.getAttribute('data-ref')
    const cell = summary.evidence.flatMap(({ cells }) => cells).find((each) => each.ref === ref)
    expect(await shown.locator('strong').textContent()).toBe(cell?.text)
    expect((await figure.textContent())?.split(', ')[0]).toBe(cell?.text)
    await figure.click()
    await shown.waitFor({ state: 'detached' })
  })

  test('connects an account again through the provider’s own page, and shows its sync as it goes', async () => {
    const { page } = await as('admin')
    const meta = page.getByRole('listitem').filter({ hasText: 'Meta Ads' }).first()
    const state = (text: string) => meta.getByText(text, { exact: true })
    page.on('dialog', (dialog) => void dialog.accept())
    await page.goto(`/integrations?brand=${brandId()}`)
    await page.getByRole('button', { name: /^Disconnect Meta Ads/ }).click()
    await state('Disconnected').waitFor()
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByRole('radio', { name: 'Meta Ads' }).check()
    const consent = page.waitForRequest((request) => new URL(request.url()).pathname.endsWith('/dialog/oauth'))
    await page.getByRole('button', { name: 'Continue to Meta Ads' }).click()
    await consent
    await page.waitForURL(/\/integrations\?.*connected=/)
    await page.getByText('Connected. Its first sync has begun').waitFor()
    await page
      .getByRole('progressbar', { name: /insights/i })
      .first()
      .waitFor()
    await state('Up to date').waitFor({ timeout: 90_000 })
  }, 150_000)

  test('takes on a company of somebody new, who makes its first brand', async () => {
    open = await openPage(browser, platform.url)
    const { page } = open
    const name = `Fjord ${Date.now()}`
    await page.goto('/login')
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('Company').fill(name)
    await page.getByLabel('E-mail').fill(`ana@${name.replace(' ', '-')}.example`)
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Create the account' }).click()
    await page.getByRole('button', { name: 'New brand' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Fjord Outdoor')
    await page.getByRole('button', { name: 'Create the brand' }).click()
    await page.getByRole('cell', { name: 'Fjord Outdoor', exact: true }).waitFor()
    await page.reload()
    await page.getByRole('cell', { name: 'Fjord Outdoor', exact: true }).waitFor()
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByText('Nothing is connected').waitFor()
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
    ['admin', PAGES],
    ['operator', OPERATOR_PAGES],
  ] as const)(
    'has nothing serious for axe on any page, light or dark: %s',
    async (role, paths) => {
      open = await openPage(browser, platform.url, { reducedMotion: 'reduce' })
      const { page } = open
      const found: Record<string, string[]> = {}
      const look = async (path: string): Promise<void> => {
        await page.goto(path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          const serious = await seriousIn(page)
          if (serious.length > 0) found[`${path} ${colorScheme}`] = serious
        }
      }
      for (const path of OUTSIDE) await look(path)
      await signIn(page, loginOf(platform, role))
      for (const path of paths) await look(path)
      expect(found).toEqual({})
    },
    200_000,
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

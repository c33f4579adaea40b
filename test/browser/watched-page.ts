import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

export type WatchedPage = {
  page: Page
  /** Script errors, refused policies, requests that failed or were answered with an error: none is allowed. */
  faults: string[]
  /** Lets the next answers of these statuses pass, such as a refusal that is the point. */
  allow(...statuses: number[]): void
  close(): Promise<void>
}

/** A page of a browser of its own, whose faults are gathered. */
export async function openPage(
  browser: Browser,
  baseURL: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL, locale: 'en-US', ...options })
  const page = await context.newPage()
  const faults: string[] = []
  const allowed = new Set<number>()
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (line) => {
    // An allowed refusal is told on the console too.
    const isAllowed = [...allowed].some((status) => line.text().includes(`status of ${status}`))
    if (line.type() === 'error' && !isAllowed) faults.push(`console: ${line.text()}`)
  })
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? ''
    // What a page no longer waits for when it is left.
    if (!why.includes('ERR_ABORTED')) faults.push(`${request.method()} ${request.url()}: ${why}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400 && !allowed.has(response.status()))
      faults.push(`${response.request().method()} ${response.url()}: ${response.status()}`)
  })
  return {
    page,
    faults,
    allow: (...statuses) => statuses.forEach((status) => void allowed.add(status)),
    close: () => context.close(),
  }
}

export type Login = { email: string; password: string }

export async function signIn(page: Page, { email, password }: Login): Promise<void> {
  await page.goto('/login')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: /sign in/i }).click()
  await page.waitForURL((url) => !url.pathname.startsWith('/login'))
}

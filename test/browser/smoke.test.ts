import { rm } from 'node:fs/promises'
import type { Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Functions, startFunctions } from '../../scripts/local/functions.ts'
import { type Gateway, startGateway } from '../../scripts/local/gateway.ts'
import { readMap } from '../../scripts/local/map.ts'
import { arePagesStale, buildPages } from '../../scripts/local/pages.ts'
import { freePort } from '../../scripts/local/postgres.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { createPerson } from '../support/people.ts'
import { scratch } from '../support/scratch.ts'
import { createTenant } from '../support/tenants.ts'
import { openBrowser } from './chromium.ts'
import { openPage, signIn } from './watched-page.ts'

/** The two functions that pages need, behind one address, and a person who signs in. */
const NAMES = ['api', 'dashboard'] as const
const database = useDatabase()
const cloud = useCloud()
let folder = ''
let functions: Functions
let gateway: Gateway

beforeAll(async () => {
  if (await arePagesStale()) await buildPages()
  folder = await scratch('pulsepoint-smoke-')
  const map = await readMap('infra/functions.tf.json')
  const chosen = Object.fromEntries(
    NAMES.flatMap((name) => Object.entries(map.functions).filter(([each]) => each === name)),
  )
  const ports = { api: await freePort(), dashboard: await freePort() }
  gateway = await startGateway({
    port: 0,
    routes: NAMES.flatMap((name) => (chosen[name]?.http ?? []).map((pattern) => ({ pattern, port: ports[name] }))),
    log: () => undefined,
  })
  functions = await startFunctions({
    map: { ...map, functions: chosen },
    ports,
    stateDir: folder,
    log: () => undefined,
    env: () => ({
      ENVIRONMENT: 'development',
      GOOGLE_CLOUD_PROJECT: 'pulsepoint-test',
      METADATA_SERVER_DETECTION: 'none',
      CLOUD_ENDPOINT: cloud.current().url,
      DATABASE_URL: database.url('pulsepoint_app'),
      PUBLIC_URL: gateway.url,
      DASHBOARD_URL: gateway.url,
    }),
  })
}, 120_000)

afterAll(async () => {
  await functions?.stop()
  await gateway?.close()
  await rm(folder, { recursive: true, force: true })
})

test('a person signs in, sees the brand without figures, and goes on after a reload', async () => {
  const { tenantId } = await createTenant('Harbour')
  const person = await createPerson(tenantId, { role: 'admin', password: 'correct horse battery' })
  const browser = await openBrowser()
  try {
    const { page, faults } = await openPage(browser, gateway.url)
    await signIn(page, { email: person.email, password: 'correct horse battery' })
    const orders = page.locator('[data-kpi=orders] dd').first()
    await orders.waitFor()
    expect(await orders.textContent()).toBe('0')
    await page.reload()
    await orders.waitFor()
    // A page that is left when the server has answered, but before the answer and its cookie came.
    const answered = Promise.withResolvers<number>()
    await page.route('**/api/auth/refresh', (route) => answerOf(route).then(answered.resolve), { times: 1 })
    await page.reload()
    expect(await answered.promise).toBe(200)
    await page.reload()
    await orders.waitFor()
    expect(faults).toEqual([])
  } finally {
    await browser.close()
  }
})

/** The status of the server's answer to a request of a page, which itself gets none. */
async function answerOf(route: Route): Promise<number> {
  const request = route.request()
  const { cookie = '', 'content-type': type = '' } = await request.allHeaders()
  const headers = { cookie, 'content-type': type }
  return (await fetch(request.url(), { method: 'POST', headers, body: request.postData() })).status
}

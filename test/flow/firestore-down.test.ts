import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { forgetConfig } from '../../shared/config.ts'
import { buildApi } from '../../shared/http/api.ts'
import { forgetAnswers } from '../../shared/operations/answer-cache.ts'
import { patience } from '../../shared/operations/answer-store.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { PLENTY } from '../support/api.ts'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import { type Answer, ask, serveApp } from '../support/http.ts'
import { signIn } from '../support/people.ts'
import { createTenant, type TestTenant } from '../support/tenants.ts'

type Fault = 'down' | 'slow' | 'aborted'

useDatabase()
const cloud = useCloud()
let fault: Fault | null = null
let faulted = 0
let tenant: TestTenant
let server: Server

/** The local cloud, whose Firestore alone fails. */
beforeAll(async () => {
  const behind = cloud.current().url
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    if (request.url?.includes('/documents') && fault) {
      faulted += 1
      if (fault === 'down') return void request.socket.destroy()
      if (fault === 'slow') return // never
      const error = { code: 409, status: 'ABORTED', message: 'Too much contention on these documents.' }
      return void response.writeHead(409, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
    }
    const init = request.method === 'POST' ? { body: Buffer.concat(chunks) } : {}
    const answer = await fetch(`${behind}${request.url}`, { method: request.method ?? 'GET', ...init })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  process.env.CLOUD_ENDPOINT = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  forgetConfig()
  tenant = await createTenant('alone')
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** One minute for the whole test, so that no new window begins in it. */
const minute = Date.now()
const limited = { ipLimit: PLENTY.ipLimit, operations: OPERATIONS, tenantLimit: { nowMs: () => minute } }
const admitted = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 200).length

it.each(['down', 'slow', 'aborted'] as const)(
  'Firestore %s: cached or not, every request is answered, a quarter of the limit by each instance',
  async (kind) => {
    fault = kind
    faulted = 0
    forgetAnswers()
    patience.worthStoringMs = 0
    const { token } = await signIn(tenant.tenantId)
    const origin = await serveApp(buildApi(limited))
    const url = `${origin}/api/brands/${tenant.brandId}/dashboard`
    const startedAt = performance.now()
    const first = await ask(url, { token })
    const tookMs = performance.now() - startedAt
    const rest: Answer[] = []
    for (let n = 0; n < 10; n += 1)
      rest.push(...(await Promise.all(Array.from({ length: 20 }, () => ask(url, { token })))))
    console.log(
      `${kind}: first answer ${tookMs.toFixed(0)} ms, ${1 + admitted(rest)} of 201 admitted, Firestore asked ${faulted} times`,
    )
    expect(first.status).toBe(200)
    // 50 ms for the limit, 150 for the cache, and the work.
    expect(tookMs).toBeLessThan(2_000)
    // 600 a minute is a person's at the starter tier.
    expect(1 + admitted(rest)).toBe(150)
    expect(new Set(rest.map(({ status }) => status))).toEqual(new Set([200, 429]))
    fault = null
  },
)

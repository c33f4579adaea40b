import { rm } from 'node:fs/promises'
import { type HttpBindings, serve } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import * as z from 'zod'
import { type Cloud, startCloud } from '../../../scripts/local/cloud.ts'
import { clock } from '../../../shared/clock.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { pace } from '../../../shared/fetch.ts'
import { provisionTenant } from '../../../shared/warehouse/provision.ts'
import { setSecret } from '../../support/cloud.ts'
import { identities, WAREHOUSE_KEYS } from '../../support/identities.ts'
import { scratch } from '../../support/scratch.ts'

const InsertBody = z.object({
  rows: z.array(z.object({ insertId: z.string(), json: z.record(z.string(), z.unknown()) })),
})
type InsertBody = z.output<typeof InsertBody>
type RowError = { index: number; reason: string; message?: string }

/** What happens to one insertAll request instead of its plain way to the warehouse. */
export type Fault = (given: {
  body: InsertBody
  forward: () => Promise<Response>
  cut: () => void
}) => Promise<Response>

/** BigQuery takes the request but says this of some rows; they are not forwarded. */
export const rowErrors =
  (...errors: RowError[]): Fault =>
  async () =>
    Response.json({
      insertErrors: errors.map(({ index, reason, message = '' }) => ({
        index,
        errors: [{ reason, location: '', debugInfo: '', message }],
      })),
    })

export const refusal =
  (status: number, reason: string): Fault =>
  async () =>
    Response.json({ error: { code: status, message: reason, errors: [{ reason, message: reason }] } }, { status })

/** The rows are taken, the answer never arrives. */
export const lostAnswer: Fault = async ({ forward, cut }) => {
  await forward()
  cut()
  return new Response(null)
}

export type TestWarehouse = {
  /** Before the next insertAll requests, in this order. */
  faults: Fault[]
  /** Bodies of the insertAll requests of this test, in order. */
  inserts: InsertBody[]
  /** Told of each exchange of a token, when set. */
  onExchange: (form: URLSearchParams) => void
  /** Straight to the local cloud's REST API. */
  rest(method: string, path: string, body?: object): Promise<Response>
  /** A new tenant id whose dataset exists. */
  tenant(): Promise<string>
  cloud(): Cloud
}

/** A local cloud of this test file's own, behind a wire on which faults can be put; the product's clients talk to it. */
export function useWarehouse(): TestWarehouse {
  const faults: Fault[] = []
  const inserts: InsertBody[] = []
  let cloud: Cloud | undefined
  const started = (): Cloud => {
    if (!cloud) throw new Error('the cloud is used before beforeAll')
    return cloud
  }
  const pass = (path: string, init: RequestInit) => fetch(`${started().url}${path}`, init)

  const wire = new Hono<{ Bindings: HttpBindings }>()
  wire.all('*', async (context) => {
    const path = context.req.path + new URL(context.req.url).search
    const text = await context.req.text()
    const forward = () => pass(path, initOf(context, text))
    if (context.req.path === '/v1/token') made.onExchange(new URLSearchParams(text))
    if (!context.req.path.endsWith('/insertAll')) return forward()
    const body = InsertBody.parse(JSON.parse(text))
    inserts.push(body)
    const fault = faults.shift()
    return fault ? fault({ body, forward, cut: () => context.env.incoming.socket.destroy() }) : forward()
  })

  let closeWire = async () => {}
  let stateDir = ''
  const { wait } = pace
  beforeAll(async () => {
    stateDir = await scratch('pulsepoint-warehouse-')
    cloud = await startCloud({ stateDir, port: 0, identities, now: () => clock.now().getTime() })
    await setSecret(cloud.url, 'WAREHOUSE_KEYS', WAREHOUSE_KEYS)
    process.env.CLOUD_ENDPOINT = await new Promise<string>((resolve) => {
      const server = serve({ fetch: wire.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        resolve(`http://127.0.0.1:${port}`),
      )
      closeWire = () => new Promise((closed) => void server.close(() => closed()))
    })
    forgetConfig()
    for (const topic of ['pulsepoint-events', 'alert.raised'])
      await pass(`/v1/projects/pulsepoint-test/topics/${topic}`, { method: 'PUT', body: '{}' })
    pace.wait = async () => {}
  })
  beforeEach(() => {
    faults.length = 0
    inserts.length = 0
  })
  afterAll(async () => {
    pace.wait = wait
    await closeWire()
    await cloud?.close()
    await rm(stateDir, { recursive: true, force: true })
  })
  const made: TestWarehouse = {
    faults,
    inserts,
    onExchange: () => undefined,
    rest: (method, path, body) =>
      pass(path, {
        method,
        headers: { 'Content-Type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }),
    tenant: async () => {
      const tenantId = uuidv7()
      await provisionTenant(tenantId)
      return tenantId
    },
    cloud: started,
  }
  return made
}

function initOf(context: Context, text: string): RequestInit {
  const { method } = context.req
  const authorization = context.req.header('Authorization')
  const headers = {
    'Content-Type': context.req.header('Content-Type') ?? 'application/json',
    ...(authorization && { authorization }),
  }
  return method === 'GET' ? { method, headers } : { method, headers, body: text }
}

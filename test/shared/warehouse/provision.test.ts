import { Hono } from 'hono'
import { v7 as uuidv7 } from 'uuid'
import { beforeAll, expect, test } from 'vitest'
import { forgetConfig } from '../../../shared/config.ts'
import type { HttpEnv } from '../../../shared/http/context.ts'
import { datasetId } from '../../../shared/warehouse/dataset.ts'
import { provisionTenant } from '../../../shared/warehouse/provision.ts'
import { tablesOf } from '../../../shared/warehouse/tables.ts'
import { useCloud } from '../../support/cloud.ts'
import { serveApp } from '../../support/http.ts'

const DATASETS = '/bigquery/v2/projects/pulsepoint-test/datasets'
const cloud = useCloud()
const bigquery = async (path: string, body?: object) => {
  const init = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return fetch(`${cloud.current().url}${path}`, init)
}

/** BigQuery to an account that may make tables, but no dataset. */
beforeAll(async () => {
  const app = new Hono<HttpEnv>()
  app.post(DATASETS, (c) => c.json({ error: { code: 403, message: 'Access Denied', errors: [] } }, 403))
  app.all('*', async ({ req }) => {
    const { pathname, search } = new URL(req.url)
    const { method } = req
    const body = method === 'GET' ? null : await req.text()
    return fetch(`${cloud.current().url}${pathname}${search}`, {
      method,
      body,
      headers: { 'content-type': 'application/json' },
    })
  })
  process.env.CLOUD_ENDPOINT = await serveApp(app)
  forgetConfig()
})

test('who may not make a dataset waits until it is there, then makes its tables', async () => {
  const tenantId = uuidv7()
  await expect(provisionTenant(tenantId)).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: true })
  await bigquery(DATASETS, { datasetReference: { datasetId: datasetId(tenantId) } })
  await provisionTenant(tenantId)
  const made = tablesOf(tenantId).map((table) => `${DATASETS}/${datasetId(tenantId)}/tables/${table}`)
  expect(new Set(await Promise.all(made.map(async (path) => (await bigquery(path)).status)))).toEqual(new Set([200]))
})

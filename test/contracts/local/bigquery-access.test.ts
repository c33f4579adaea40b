import { randomBytes, randomUUID } from 'node:crypto'
import { BigQuery } from '@google-cloud/bigquery'
import { OAuth2Client } from 'google-auth-library'
import { expect, test } from 'vitest'
import { claimsOf, exchange, identities, tokenOf } from '../../support/identities.ts'
import { bigqueryClient, projectId, testCloud } from './clients.ts'

const datasetOf = (tenantId: string) => `dataset_tenant_${tenantId.replaceAll('-', '_')}`
const count = (tenantId: string) => `select count(*) as n from \`${projectId}.${datasetOf(tenantId)}.facts\``

/** Two tenants with a row each, and Google's client as a function itself and as the first tenant's principal. */
async function twoTenants() {
  const cloud = await testCloud({ identities })
  const [ours, theirs] = [randomUUID(), randomUUID()]
  const itself = bigqueryClient(cloud.port)
  for (const tenantId of [ours, theirs]) {
    await itself.createDataset(datasetOf(tenantId))
    const dataset = itself.dataset(datasetOf(tenantId))
    await dataset.createTable('facts', { schema: { fields: [{ name: 'id', type: 'STRING' }] } })
    await dataset.table('facts').insert([{ id: 'a' }])
  }
  const as = async (tenantId: string) => {
    const authClient = new OAuth2Client({ credentials: { access_token: await tokenOf(cloud.url, tenantId) } })
    const elsewhere = { apiEndpoint: cloud.url, useAuthWithCustomEndpoint: true }
    return new BigQuery({ projectId, authClient, ...elsewhere })
  }
  return { cloud, ours, theirs, itself, us: await as(ours) }
}
const DENIED = { code: 403, errors: [{ reason: 'accessDenied' }] }

test('a tenant’s principal reads its own dataset, by whatever name, and no other', async () => {
  const { ours, theirs, us } = await twoTenants()
  expect(await us.query(count(ours)).then(([rows]) => rows)).toEqual([{ n: 1 }])
  expect((await us.dataset(datasetOf(ours)).query('select id from facts'))[0]).toEqual([{ id: 'a' }])
  await expect(us.query(count(theirs))).rejects.toMatchObject(DENIED)
  await expect(us.dataset(datasetOf(theirs)).query('select 1 as one')).rejects.toMatchObject(DENIED)
  const hidden = `select (select max(id) from ${datasetOf(theirs)}.facts) as id from \`${datasetOf(ours)}.facts\``
  await expect(us.query(hidden)).rejects.toMatchObject(DENIED)
  await expect(us.query('select * from "$cloud".tables')).rejects.toMatchObject({ code: expect.any(Number) })
})

test('a principal changes nothing, not even its own', async () => {
  const { ours, us } = await twoTenants()
  const dataset = us.dataset(datasetOf(ours))
  await expect(dataset.table('facts').insert([{ id: 'b' }])).rejects.toMatchObject(DENIED)
  await expect(us.query(`delete from \`${datasetOf(ours)}.facts\` where true`)).rejects.toMatchObject(DENIED)
  await expect(dataset.delete({ force: true })).rejects.toMatchObject(DENIED)
})

test('a function as itself reads no tenant’s rows; it may delete some', async () => {
  const { ours, us, itself } = await twoTenants()
  await expect(itself.query(count(ours))).rejects.toMatchObject(DENIED)
  await itself.query(`delete from \`${datasetOf(ours)}.facts\` where id = 'a'`)
  expect(await us.query(count(ours)).then(([rows]) => rows)).toEqual([{ n: 0 }])
})

test('the pool takes the issuer’s signature alone, for its audience, while it is good', async () => {
  const { cloud, ours } = await twoTenants()
  const claims = claimsOf(ours)
  const strangers = { current: 'w1', keys: { w1: randomBytes(32) } }
  const refused = [
    await exchange(cloud.url, claims, strangers),
    await exchange(cloud.url, { ...claims, aud: 'pulsepoint-api' }),
    await exchange(cloud.url, { ...claims, iss: 'https://elsewhere.example' }),
    await exchange(cloud.url, { ...claims, iat: 1_000, exp: 2_000 }),
    await exchange(cloud.url, { ...claims, exp: Number(claims.iat) + 100_000 }),
  ]
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400])
  const stranger = await fetch(`${cloud.url}/bigquery/v2/projects/${projectId}/queries`, {
    method: 'POST',
    headers: { authorization: 'Bearer local.forged' },
    body: JSON.stringify({ query: 'select 1', useLegacySql: false }),
  })
  expect(stranger.status).toBe(401)
})

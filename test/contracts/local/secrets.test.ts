import { expect, test } from 'vitest'
import { projectId, secretsClient, temporaryDirectory, testCloud } from './clients.ts'

const parent = `projects/${projectId}`
const secret = `${parent}/secrets/ENCRYPTION_KEYS`

test('versions are read by number and as the latest, also after a restart', async () => {
  const stateDir = await temporaryDirectory()
  const cloud = await testCloud({ stateDir })
  const client = secretsClient(cloud.port)
  const read = async (reader: typeof client, version: string) => {
    const [{ name, payload }] = await reader.accessSecretVersion({ name: `${secret}/versions/${version}` })
    return [name, Buffer.from(payload?.data ?? '').toString()]
  }
  await client.createSecret({ parent, secretId: 'ENCRYPTION_KEYS', secret: { replication: { automatic: {} } } })
  const [first] = await client.addSecretVersion({ parent: secret, payload: { data: Buffer.from('one') } })
  expect(first.name).toBe(`${secret}/versions/1`)
  await client.addSecretVersion({ parent: secret, payload: { data: Buffer.from('two ü') } })
  expect(await read(client, 'latest')).toEqual([`${secret}/versions/2`, 'two ü'])
  expect(await read(client, '1')).toEqual([`${secret}/versions/1`, 'one'])

  await cloud.close()
  const after = await testCloud({ stateDir })
  expect(await read(secretsClient(after.port), 'latest')).toEqual([`${secret}/versions/2`, 'two ü'])
})

test('answers NOT_FOUND and ALREADY_EXISTS as the service does', async () => {
  const client = secretsClient((await testCloud()).port)
  await expect(client.accessSecretVersion({ name: `${secret}/versions/latest` })).rejects.toMatchObject({ code: 5 })
  await expect(client.addSecretVersion({ parent: secret, payload: { data: Buffer.from('x') } })).rejects.toMatchObject({
    code: 5,
  })
  await client.createSecret({ parent, secretId: 'ENCRYPTION_KEYS', secret: {} })
  await expect(client.createSecret({ parent, secretId: 'ENCRYPTION_KEYS', secret: {} })).rejects.toMatchObject({
    code: 6,
  })
  await expect(client.accessSecretVersion({ name: `${secret}/versions/latest` })).rejects.toMatchObject({ code: 5 })
})

import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { startCloud } from '../../../scripts/local/cloud.ts'
import { scratch } from '../../support/scratch.ts'
import { firestoreClient, projectId, temporaryDirectory, testCloud } from './clients.ts'
import { firestoreContract } from './firestore-contract.ts'

firestoreContract('the local cloud', async () => {
  const stateDir = await scratch('local-cloud-')
  const cloud = await startCloud({ stateDir, port: 0 })
  return {
    port: cloud.port,
    stop: async () => {
      await cloud.close()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
})

const Begun = z.tuple([z.object({ transaction: z.string() })]).rest(z.unknown())
const database = `projects/${projectId}/databases/(default)`

test('a commit is ABORTED when what its transaction read has changed since, or has come into being', async () => {
  const cloud = await testCloud()
  const client = firestoreClient(cloud.port)
  const name = `${database}/documents/things/a`
  const post = async (verb: string, body: object) => {
    const response = await fetch(`${cloud.url}/v1/${database}/documents:${verb}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }
  for (const change of [() => client.doc('things/a').create({ n: 1 }), () => client.doc('things/a').set({ n: 2 })]) {
    const begun = await post('batchGet', { documents: [name], newTransaction: { readWrite: {} } })
    await change()
    const [{ transaction }] = Begun.parse(begun.body)
    const writes = [{ update: { name, fields: { n: { integerValue: '9' } } } }]
    const answer = await post('commit', { writes, transaction })
    expect(answer).toMatchObject({ status: 409, body: { error: { status: 'ABORTED' } } })
    expect(await post('commit', { writes, transaction })).toMatchObject({ status: 400 })
  }
  expect((await client.doc('things/a').get()).data()).toEqual({ n: 2 })
})

test('documents survive a restart, and times go on from there', async () => {
  const stateDir = await temporaryDirectory()
  const before = await testCloud({ stateDir })
  const first = await firestoreClient(before.port).doc('things/a').set({ n: 1 })
  await before.close()
  const after = await testCloud({ stateDir })
  const document = firestoreClient(after.port).doc('things/a')
  const read = await document.get()
  expect(read.data()).toEqual({ n: 1 })
  expect(read.updateTime?.isEqual(first.writeTime)).toBe(true)
  expect((await document.set({ n: 2 })).writeTime.valueOf() > first.writeTime.valueOf()).toBe(true)
})

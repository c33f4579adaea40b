import { randomUUID } from 'node:crypto'
import { type DocumentReference, FieldValue, type Firestore, Timestamp } from '@google-cloud/firestore'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addToCounters } from '../../../shared/cloud/firestore.ts'
import { forgetConfig } from '../../../shared/config.ts'
import { firestoreClient, projectId } from './clients.ts'

export interface Target {
  port: number
  stop(): Promise<void>
}

/** What product code relies on, over Google's own client. */
export function firestoreContract(name: string, start: () => Promise<Target>) {
  describe(`Firestore of ${name}`, () => {
    let target: Target
    let client: Firestore
    const fresh = (): DocumentReference => client.doc(`things/a:b:${randomUUID()}`)
    beforeAll(async () => {
      target = await start()
      client = firestoreClient(target.port)
      Object.assign(process.env, {
        CLOUD_ENDPOINT: `http://127.0.0.1:${target.port}`,
        GOOGLE_CLOUD_PROJECT: projectId,
      })
      forgetConfig()
    }, 60_000)
    afterAll(() => target?.stop())

    test('what was set is read, with its types; what was not is missing', async () => {
      const document = fresh()
      expect((await document.get()).exists).toBe(false)
      const at = Timestamp.fromMillis(1_795_185_296_027)
      const data = { text: 'ü'.repeat(70_000), count: 3, ratio: 0.5, at, yes: true, nothing: null, list: ['a', 1] }
      await document.set(data)
      expect((await document.get()).data()).toEqual(data)
      await document.set({ text: 'other' })
      expect((await document.get()).data()).toEqual({ text: 'other' })
      await document.delete()
      expect((await document.get()).exists).toBe(false)
    })

    test('an update changes the named fields, adds and takes the time on the server', async () => {
      const document = fresh()
      await document.set({ count: 1, kept: 'yes', gone: 'no' })
      const before = Date.now()
      await document.update({
        count: FieldValue.increment(4),
        gone: FieldValue.delete(),
        at: FieldValue.serverTimestamp(),
      })
      const { count, kept, gone, at } = (await document.get()).data() ?? {}
      expect({ count, kept, gone }).toEqual({ count: 5, kept: 'yes', gone: undefined })
      expect(at.toMillis()).toBeGreaterThanOrEqual(before - 1_000)
    })

    test('preconditions: create once, update what is there, delete what was read', async () => {
      const document = fresh()
      await expect(document.update({ a: 1 })).rejects.toMatchObject({ code: 5 })
      const { writeTime } = await document.create({ a: 1 })
      await expect(document.create({ a: 2 })).rejects.toMatchObject({ code: 6 })
      await document.update({ a: 3 })
      await expect(document.delete({ lastUpdateTime: writeTime })).rejects.toMatchObject({ code: 9 })
      const { updateTime } = await document.get()
      await document.delete(updateTime ? { lastUpdateTime: updateTime } : {})
      expect((await document.get()).exists).toBe(false)
    })

    test('a batch is written whole or not at all', async () => {
      const [first, second] = [fresh(), fresh()]
      const batch = client.batch().set(first, { a: 1 }).update(second, { a: 1 })
      await expect(batch.commit()).rejects.toMatchObject({ code: 5 })
      expect((await first.get()).exists).toBe(false)
    })

    test('transactions that read and write the same document at once lose nothing', async () => {
      const document = fresh()
      await document.set({ count: 0 })
      const add = () =>
        client.runTransaction(async (transaction) => {
          const { count } = (await transaction.get(document)).data() ?? {}
          transaction.update(document, { count: count + 1 })
        })
      await Promise.all([add(), add(), add()])
      expect((await document.get()).data()).toEqual({ count: 3 })
    }, 60_000)

    test('a transaction that throws leaves nothing behind', async () => {
      const document = fresh()
      const failed = client.runTransaction(async (transaction) => {
        await transaction.get(document)
        transaction.set(document, { a: 1 })
        throw new Error('no')
      })
      await expect(failed).rejects.toThrow('no')
      expect((await document.get()).exists).toBe(false)
    })

    test('counters answer with their totals, added up by all who add at once', async () => {
      const counter = (path: string, by: number) => ({ path, by, expiresAt: new Date(Date.now() + 60_000) })
      const [one, two] = [`counters/${randomUUID()}`, `counters/${randomUUID()}`]
      expect(await addToCounters([counter(one, 5), counter(two, 2)], 5_000)).toEqual([5, 2])
      const totals = await Promise.all(Array.from({ length: 8 }, () => addToCounters([counter(one, 3)], 10_000)))
      expect(totals.flat().sort((a, b) => a - b)).toEqual([8, 11, 14, 17, 20, 23, 26, 29])
      expect((await client.doc(one).get()).data()).toMatchObject({ total: 29, expires_at: expect.any(Timestamp) })
    })
  })
}

import { expect, test } from 'vitest'
import { bigqueryClient, testCloud } from './clients.ts'

const MINUTE_MS = 60_000

test('rows that were appended less than 90 minutes ago refuse what would change them, and the others stay as they were', async () => {
  let nowMs = Date.parse('2026-11-20T12:00:00Z')
  const cloud = await testCloud({ now: () => nowMs })
  const bigquery = bigqueryClient(cloud.port)
  const [dataset] = await bigquery.createDataset('d')
  const fields = [
    { name: 'id', type: 'STRING' },
    { name: 'word', type: 'STRING' },
    { name: 'recorded_at', type: 'TIMESTAMP' },
  ]
  const [table] = await dataset.createTable('facts', { schema: { fields } })
  const row = (id: string, minutesAgo: number) => ({
    ...{ id, word: 'x' },
    recorded_at: new Date(nowMs - minutesAgo * MINUTE_MS).toISOString(),
  })
  await table.insert([row('old', 91), row('new', 89)])
  const words = async () => {
    const [rows] = await dataset.query('select id, word from facts order by id')
    return rows.map(({ id, word }) => `${id} ${word}`)
  }
  const streaming = { code: 400, message: expect.stringContaining('would affect rows in the streaming buffer') }
  await expect(dataset.query("update facts set word = 'y' where word = 'x'")).rejects.toMatchObject(streaming)
  await expect(dataset.query('delete from `d.facts` where true')).rejects.toMatchObject(streaming)
  expect(await words()).toEqual(['new x', 'old x'])
  await dataset.query("update facts set word = 'y' where id = 'old'")
  expect(await words()).toEqual(['new x', 'old y'])
  nowMs += 2 * MINUTE_MS
  await dataset.query("delete from facts where word = 'x'")
  expect(await words()).toEqual(['old y'])
})

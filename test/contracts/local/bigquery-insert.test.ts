import { describe, expect, test } from 'vitest'
import { ROW, rowsOf, withTable } from './bigquery-facts.ts'

describe('insertAll', () => {
  test('keeps every type', async () => {
    const { bigquery, insert } = await withTable()
    await insert([{ json: ROW }, { json: { id: 'b' } }])
    const [a, b] = await rowsOf(bigquery, 'select * from tenant_a.facts order by id')
    expect({ ...a, spend: String(a.spend), occurred_at: a.occurred_at.value, day: a.day.value }).toEqual({
      ...ROW,
      occurred_at: '2026-11-20T10:00:00.123456000Z',
    })
    expect(b).toEqual({
      id: 'b',
      version: null,
      roas: null,
      active: null,
      spend: null,
      occurred_at: null,
      day: null,
      payload: null,
    })
  })

  test.each([
    ['2026-11-20 10:00:00 UTC', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T12:00:00+02:00', '2026-11-20T10:00:00.000Z'],
    [1_795_168_800.5, '2026-11-20T10:00:00.500Z'],
    ['2026-11-20T10:00:00.000001Z', '2026-11-20T10:00:00.000001000Z'],
  ])('reads the instant %s', async (occurred_at, expected) => {
    const { bigquery, insert } = await withTable()
    await insert([{ json: { id: 'a', occurred_at } }])
    expect((await rowsOf(bigquery, 'select occurred_at from tenant_a.facts'))[0].occurred_at.value).toBe(expected)
  })

  test('leaves out a row whose insertId the table has seen, also within one request', async () => {
    const { bigquery, insert } = await withTable()
    const row = (insertId: string, id: string) => ({ insertId, json: { ...ROW, id } })
    await insert([row('1', 'a'), row('2', 'b'), row('2', 'b again')])
    await Promise.all([insert([row('1', 'a again'), row('3', 'c')]), insert([row('3', 'c again'), { json: ROW }])])
    const rows = await rowsOf(
      bigquery,
      'select substr(id, 1, 1) as id, count(*) as n from tenant_a.facts group by 1 order by 1',
    )
    expect(rows).toEqual([
      { id: 'a', n: 2 },
      { id: 'b', n: 1 },
      { id: 'c', n: 1 },
    ])
  })

  test('one bad row refuses all, naming the bad one and stopping the others', async () => {
    const { bigquery, insert } = await withTable()
    const failed = insert([{ json: ROW }, { json: { ...ROW, unknown: 1 } }], { partialRetries: 0 })
    await expect(failed).rejects.toMatchObject({
      name: 'PartialFailureError',
      response: {
        insertErrors: [
          { index: 0, errors: [{ reason: 'stopped' }] },
          { index: 1, errors: [{ reason: 'invalid', location: 'unknown', message: 'no such field: unknown.' }] },
        ],
      },
    })
    expect(await rowsOf(bigquery, 'select count(*) as n from tenant_a.facts')).toEqual([{ n: 0 }])
  })

  test('skipInvalidRows keeps the good rows, ignoreUnknownValues the known fields', async () => {
    const { bigquery, insert } = await withTable()
    const rows = [{ json: ROW }, { json: { ...ROW, id: 'bad', version: 'x' } }, { json: { ...ROW, id: 'c', extra: 1 } }]
    const failed = insert(rows, { skipInvalidRows: true, ignoreUnknownValues: true, partialRetries: 0 })
    await expect(failed).rejects.toMatchObject({ response: { insertErrors: [{ index: 1 }] } })
    expect(await rowsOf(bigquery, 'select id from tenant_a.facts order by id')).toEqual([{ id: 'a' }, { id: 'c' }])
  })

  test.each([
    ['id', null, 'Missing required field: id.'],
    ['version', 1.5, 'Cannot convert value to integer (bad value): 1.5'],
    ['version', '9223372036854775808', 'Cannot convert value to integer (bad value): 9223372036854775808'],
    ['active', 'yes', 'Cannot convert value to boolean (bad value): yes'],
    ['spend', '1.0000000001', 'Cannot convert value to numeric (bad value): 1.0000000001'],
    ['occurred_at', 'yesterday', 'Cannot convert value to timestamp (bad value): yesterday'],
    ['day', '2026-02-30', 'Cannot convert value to date (bad value): 2026-02-30'],
    ['day', '2026-11-20T00:00:00Z', 'Cannot convert value to date (bad value): 2026-11-20T00:00:00Z'],
    ['payload', { k: 1 }, 'This field is not a record.'],
    ['payload', '{', 'Cannot convert value to json (bad value): {'],
    ['version', [1], 'Array specified for non-repeated field: version.'],
  ])('refuses %s = %j', async (field, value, message) => {
    const { insert } = await withTable()
    const failed = insert([{ json: { ...ROW, [field]: value } }], { partialRetries: 0 })
    await expect(failed).rejects.toMatchObject({
      response: { insertErrors: [{ index: 0, errors: [{ location: field, message }] }] },
    })
  })

  test('refuses an unknown table, too many rows and too many bytes', async () => {
    const { bigquery, insert } = await withTable()
    await expect(bigquery.dataset('tenant_a').table('none').insert([ROW])).rejects.toMatchObject({ code: 404 })
    await expect(insert(Array.from({ length: 50_001 }, () => ({ json: { id: 'a' } })))).rejects.toMatchObject({
      code: 400,
    })
    await expect(insert([{ json: { id: 'x'.repeat(10 * 1024 * 1024) } }])).rejects.toMatchObject({ code: 413 })
  })
})

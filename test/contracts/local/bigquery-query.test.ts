import { describe, expect, test } from 'vitest'
import { ROW, rowsOf, testWarehouse, withTable } from './bigquery-facts.ts'

describe('queries', () => {
  test('take named parameters of every type', async () => {
    const { bigquery } = await testWarehouse()
    const params = {
      s: "it's @not `a` parameter",
      i: 42,
      f: 1.5,
      b: true,
      n: bigquery.int('9007199254740993'),
      // As a plain string with types: {d: 'DATE'} the client would send NULL.
      d: bigquery.date('2026-11-20'),
      t: new Date('2026-11-20T10:00:00.000Z'),
      m: '0.000000001',
      nothing: null,
    }
    const types = { m: 'NUMERIC', nothing: 'STRING' }
    const sql = `select @s as s, @i as i, @f as f, @b as b, cast(@n as string) as n, @d as d, @t as t, @m as m, @nothing as nothing`
    const [row] = await rowsOf(bigquery, sql, params, types)
    expect({ ...row, d: row.d.value, t: row.t.value, m: row.m.toFixed() }).toEqual({
      s: params.s,
      i: 42,
      f: 1.5,
      b: true,
      n: '9007199254740993',
      d: '2026-11-20',
      t: '2026-11-20T10:00:00.000Z',
      m: '0.000000001',
      nothing: null,
    })
  })

  test('take arrays, also empty, in unnest and as values', async () => {
    const { bigquery, insert } = await withTable()
    await insert(['a', 'b', 'c'].map((id, version) => ({ json: { id, version } })))
    const sql = 'select id from `tenant_a.facts` where id in unnest(@ids) or version IN UNNEST(@versions) order by id'
    expect(await rowsOf(bigquery, sql, { ids: ['a'], versions: [2] })).toEqual([{ id: 'a' }, { id: 'c' }])
    expect(await rowsOf(bigquery, sql, { ids: [], versions: [] }, { ids: ['STRING'], versions: ['INT64'] })).toEqual([])
    expect(await rowsOf(bigquery, 'select @xs as xs', { xs: ['p', 'q'] })).toEqual([{ xs: ['p', 'q'] }])
  })

  test('take back-ticked paths with and without the project, a default dataset, and BigQuery strings and comments', async () => {
    const { bigquery, insert } = await withTable()
    await insert([{ json: ROW }])
    const count = (from: string) => rowsOf(bigquery, `select count(*) as n from ${from}`)
    for (const from of [
      '`pulsepoint-local.tenant_a.facts`',
      '`tenant_a.facts`',
      '`tenant_a`.`facts`',
      'tenant_a.facts',
    ]) {
      expect(await count(from), from).toEqual([{ n: 1 }])
    }
    const [rows] = await bigquery.query({ query: 'select id from facts', defaultDataset: { datasetId: 'tenant_a' } })
    expect(rows).toEqual([{ id: 'a' }])
    const sql = `select "double 'q' @x" as a, 'it\\'s' as b, r'\\d' as c, 'tab\\t' as d -- @comment \`x\`\n /* @more */ # @last`
    expect(await rowsOf(bigquery, sql)).toEqual([{ a: "double 'q' @x", b: "it's", c: '\\d', d: 'tab\t' }])
  })

  test('show the latest version through a view', async () => {
    const { bigquery, insert } = await withTable()
    const query = `select * from \`pulsepoint-local.tenant_a.facts\`
      where true qualify row_number() over (partition by id order by version desc) = 1`
    await bigquery.dataset('tenant_a').createTable('latest', { view: { query, useLegacySql: false } })
    await insert([
      { json: { ...ROW, version: 1, spend: '1' } },
      { json: { ...ROW, version: 3, spend: '3' } },
      { json: { ...ROW, version: 2 } },
    ])
    const [row] = await rowsOf(bigquery, 'select id, version, spend from tenant_a.latest')
    expect({ ...row, spend: String(row.spend) }).toEqual({ id: 'a', version: 3, spend: '3' })
    const [metadata] = await bigquery.dataset('tenant_a').table('latest').getMetadata()
    expect(metadata).toMatchObject({ type: 'VIEW', view: { query } })
    await expect(bigquery.dataset('tenant_a').table('latest').insert([ROW])).rejects.toMatchObject({ code: 400 })
    await bigquery
      .dataset('tenant_a')
      .table('latest')
      .setMetadata({ view: { query: 'select 1 as one', useLegacySql: false } })
    expect(await rowsOf(bigquery, 'select * from tenant_a.latest')).toEqual([{ one: 1 }])
  })

  test('aggregate exactly', async () => {
    const { bigquery, insert } = await withTable()
    await insert(
      Array.from({ length: 10 }, (_, i) => ({
        json: { id: `${i}`, version: i, spend: '0.1', active: i % 2 === 0, payload: `{"i":"${i}"}` },
      })),
    )
    const sql = `select sum(spend) as spend, sum(version) as versions, countif(active) as active, safe_divide(1, 0) as ratio,
      max(json_value(payload, '$.i')) as last, array_agg(version order by version) as all_versions from tenant_a.facts`
    const [row] = await rowsOf(bigquery, sql)
    expect({ ...row, spend: String(row.spend) }).toEqual({
      spend: '1',
      versions: 45,
      active: 5,
      ratio: null,
      last: '9',
      all_versions: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    })
  })

  test('refuse nonsense, missing parameters and unknown tables', async () => {
    const { bigquery } = await testWarehouse()
    await expect(rowsOf(bigquery, 'selec 1')).rejects.toMatchObject({ code: 400, errors: [{ reason: 'invalidQuery' }] })
    await expect(rowsOf(bigquery, 'select @missing')).rejects.toMatchObject({ code: 400 })
    await expect(rowsOf(bigquery, 'select * from `tenant_a.none`')).rejects.toMatchObject({ code: 404 })
  })
})

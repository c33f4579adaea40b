import { describe, expect, test } from 'vitest'
import { FIELDS, ROW, rowsOf, testWarehouse, withTable } from './bigquery-facts.ts'
import { temporaryDirectory } from './clients.ts'

describe('datasets and tables', () => {
  test('are made once and found again', async () => {
    const { bigquery, table } = await withTable()
    const dataset = bigquery.dataset('tenant_a')
    expect(await Promise.all([dataset.exists(), table.exists(), dataset.table('none').exists()])).toEqual([
      [true],
      [true],
      [false],
    ])
    expect(await bigquery.dataset('none').exists()).toEqual([false])
    await expect(bigquery.createDataset('tenant_a')).rejects.toMatchObject({
      code: 409,
      errors: [{ reason: 'duplicate' }],
    })
    await expect(dataset.createTable('facts', { schema: FIELDS })).rejects.toMatchObject({ code: 409 })
    await expect(bigquery.dataset('none').createTable('facts', { schema: FIELDS })).rejects.toMatchObject({ code: 404 })
    const [metadata] = await table.getMetadata()
    expect(metadata.schema.fields[1]).toEqual({ name: 'version', type: 'INTEGER', mode: 'NULLABLE' })
    expect(metadata).toMatchObject({
      type: 'TABLE',
      timePartitioning: { field: 'occurred_at' },
      clustering: { fields: ['id'] },
    })
    const [tables] = await dataset.getTables()
    expect(tables.map(({ id }) => id)).toEqual(['facts'])
  })

  test('columns can be added, and only that', async () => {
    const { bigquery, table, insert } = await withTable()
    await bigquery
      .dataset('tenant_a')
      .createTable('everything', { view: { query: 'select * from `tenant_a.facts`', useLegacySql: false } })
    await insert([{ json: ROW }])
    await table.setMetadata({ schema: { fields: [...FIELDS, { name: 'note', type: 'STRING' }] } })
    await insert([{ json: { ...ROW, id: 'b', note: 'new' } }])
    expect(await rowsOf(bigquery, 'select id, note from tenant_a.everything order by id')).toEqual([
      { id: 'a', note: null },
      { id: 'b', note: 'new' },
    ])
    await expect(table.setMetadata({ schema: { fields: FIELDS.slice(1) } })).rejects.toMatchObject({ code: 400 })
    const required = [...FIELDS, { name: 'must', type: 'STRING', mode: 'REQUIRED' }]
    await expect(table.setMetadata({ schema: { fields: required } })).rejects.toMatchObject({ code: 400 })
  })

  test('definitions, rows and insert ids survive a restart', async () => {
    const stateDir = await temporaryDirectory()
    const before = await testWarehouse(stateDir)
    await before.bigquery.createDataset('tenant_a')
    await before.bigquery.dataset('tenant_a').createTable('facts', { schema: FIELDS })
    await before.bigquery
      .dataset('tenant_a')
      .table('facts')
      .insert([{ insertId: '1', json: ROW }], { raw: true })
    await before.cloud.close()
    const { bigquery } = await testWarehouse(stateDir)
    await bigquery
      .dataset('tenant_a')
      .table('facts')
      .insert([{ insertId: '1', json: ROW }], { raw: true })
    expect(await rowsOf(bigquery, 'select count(*) as n from tenant_a.facts')).toEqual([{ n: 1 }])
  })
})

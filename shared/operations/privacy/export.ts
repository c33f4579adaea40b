import * as z from 'zod'
import { linesOf, snapshot } from '../../db/snapshot.ts'
import { transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { EXPORTED, selectLines } from './exported.ts'

const ExportRow = z
  .object({ table: z.string(), row: z.record(z.string(), z.unknown()) })
  .meta({ examples: [{ table: 'brands', row: { name: 'Acme', currency: 'USD' } }] })

export const exportTenant = operation({
  name: 'export_tenant',
  description:
    'Everything we hold of this tenant, one row a line, table by table, as of one moment. Amounts are in micros of the row’s currency; secrets and password hashes are left out. A last line {"error"} says that the rest is missing.',
  http: { method: 'get', path: '/api/privacy/export' },
  permission: 'admin:manage',
  produces: 'application/x-ndjson',
  input: z.object({}),
  output: ExportRow,
  run: async function* () {
    const data = { action: 'privacy.export', subject_id: null, details: {} }
    await transaction((db) => record(db, 'admin.action', { data }))
    yield* snapshot(async function* (db) {
      for (const table of EXPORTED) {
        for await (const line of linesOf(db, selectLines(table))) yield JSON.parse(line)
      }
    })
  },
})

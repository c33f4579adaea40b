import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Connection } from './connection.ts'
import { connectionOnWire, readConnections, readWork } from './connections.ts'

export const syncStatus = operation({
  name: 'get_sync_status',
  description: 'How far each connection and each of its streams is synced; poll it with If-None-Match.',
  http: { method: 'get', path: '/api/sync/status' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: PageInput.extend({ brand_id: z.uuid().optional() }),
  output: z.object({ connections: z.array(Connection), next_cursor: NextCursor }),
  run: ({ limit, cursor, brand_id }) =>
    transaction(async (db) => {
      const after = decodeCursor(z.tuple([z.uuid()]), cursor)?.[0] ?? null
      const found = await readConnections(db, { brandId: brand_id ?? null, after, limit: limit + 1 })
      const { rows, next_cursor } = pageOf(found, limit, (row) => [row.integration_id])
      const work = await readWork(
        db,
        rows.map((row) => row.integration_id),
      )
      return { connections: rows.map((row) => connectionOnWire(row, work)), next_cursor }
    }),
})

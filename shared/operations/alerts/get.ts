import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { Alert, alertOnWire, readAlert } from './alert.ts'

export const getAlert = operation({
  name: 'get_alert',
  description: 'One alert: what is wrong, since when, and who took it on.',
  http: { method: 'get', path: '/api/alerts/{id}' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: z.object({ id: z.uuid() }),
  output: z.object({ alert: Alert }),
  run: async ({ id }) => ({ alert: alertOnWire(await transaction((db) => readAlert(db, id))) }),
})

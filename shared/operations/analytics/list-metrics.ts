import * as z from 'zod'
import { operation } from '../../operation.ts'
import { DEFINITIONS } from './define.ts'
import { Definition } from './metrics-output.ts'

export const listMetrics = operation({
  name: 'list_metrics',
  description:
    'Every metric there is: what it means, its unit and formula, whose ledger it is in, what it can be broken down by.',
  http: { method: 'get', path: '/api/analytics/definitions' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: z.object({}),
  output: z.object({ metrics: z.array(Definition) }),
  run: async () => ({ metrics: DEFINITIONS }),
})

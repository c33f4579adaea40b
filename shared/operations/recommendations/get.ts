import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { onWire, Recommendation, readRecommendation } from './recommendation.ts'

export const getRecommendation = operation({
  name: 'get_recommendation',
  description: 'One recommendation: what to do, what it would bring, what it rests on and what came of it.',
  http: { method: 'get', path: '/api/recommendations/{id}' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: z.object({ id: z.uuid() }),
  output: z.object({ recommendation: Recommendation }),
  run: async ({ id }) => ({ recommendation: onWire(await transaction((db) => readRecommendation(db, id))) }),
})

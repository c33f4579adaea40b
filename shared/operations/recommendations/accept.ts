import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { decide } from './decide.ts'
import { onWire, Recommendation } from './recommendation.ts'

export const acceptRecommendation = operation({
  name: 'accept_recommendation',
  description:
    'Says that a recommendation is followed. Nothing is changed on a platform: a person does that. Again: the same answer; 409 when it was dismissed or has expired.',
  http: { method: 'post', path: '/api/recommendations/{id}/accept' },
  permission: 'recommendations:act',
  surfaces: ['http', 'mcp'],
  input: z.object({ id: z.uuid() }),
  output: z.object({ recommendation: Recommendation }),
  run: async ({ id }) => ({
    recommendation: onWire(await transaction((db) => decide(db, id, { status: 'accepted' }))),
  }),
})

import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { line } from '../text.ts'
import { decide } from './decide.ts'
import { onWire, Recommendation } from './recommendation.ts'

export const dismissRecommendation = operation({
  name: 'dismiss_recommendation',
  description:
    'Says that a recommendation is not followed, and why; its cause is left alone for 28 days. Again: the same answer, with the first reason; 409 when it was accepted or has expired.',
  http: { method: 'post', path: '/api/recommendations/{id}/dismiss' },
  permission: 'recommendations:act',
  surfaces: ['http', 'mcp'],
  input: z
    .object({ id: z.uuid(), reason: line(1_000) })
    .meta({ examples: [{ reason: 'The campaign is for a launch and not meant to earn yet.' }] }),
  output: z.object({ recommendation: Recommendation }),
  run: async ({ id, reason }) => ({
    recommendation: onWire(await transaction((db) => decide(db, id, { status: 'dismissed', reason }))),
  }),
})

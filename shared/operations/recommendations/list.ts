import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { ListInput, ListOutput, readPage } from './read-page.ts'

export const listRecommendations = operation({
  name: 'list_recommendations',
  description: 'What could be done to earn more, across all brands, by expected effect: the most first.',
  http: { method: 'get', path: '/api/recommendations' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: ListInput,
  output: ListOutput,
  run: (asked) => transaction((db) => readPage(db, { ...asked, brand: null })),
})

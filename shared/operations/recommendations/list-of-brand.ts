import * as z from 'zod'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { requireBrand } from '../brands/brand.ts'
import { ListInput, ListOutput, readPage } from './read-page.ts'

export const listBrandRecommendations = operation({
  name: 'list_brand_recommendations',
  description: 'What could be done to earn more with a brand, by expected effect: the most first.',
  http: { method: 'get', path: '/api/brands/{id}/recommendations' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp', 'ai'],
  input: ListInput.extend({ id: z.uuid().describe('Of the brand.') }),
  output: ListOutput,
  run: ({ id, ...asked }) =>
    transaction(async (db) => {
      await requireBrand(db, id)
      return readPage(db, { ...asked, brand: id })
    }),
})

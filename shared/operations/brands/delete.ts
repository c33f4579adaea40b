import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { record } from '../../events/record.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { fieldErrors } from '../call.ts'
import { text } from '../text.ts'
import { noSuchBrand } from './brand.ts'
import { holdFigures } from './recompute.ts'

export const deleteBrand = operation({
  name: 'delete_brand',
  description:
    'Deletes a brand with its connections and all that was read and computed for it, for good. `confirm_name` must be its name.',
  http: { method: 'delete', path: '/api/brands/{id}' },
  permission: 'admin:manage',
  input: z.object({
    id: z.uuid(),
    confirm_name: text(200).optional().describe("The brand's name, letter for letter."),
  }),
  output: z.object({ id: z.uuid() }),
  run: ({ id, confirm_name }) =>
    transaction(async (db) => {
      const { tenantId } = actor()
      await holdFigures(db, id)
      const brand = await db.one<{ name: string }>(sql`
        select name from brands where tenant_id = ${tenantId} and brand_id = ${id} for update`)
      if (!brand) throw noSuchBrand()
      if (confirm_name !== brand.name)
        throw fieldErrors({ confirm_name: ['Must be the name of the brand, letter for letter.'] })
      await db.query(sql`delete from brands where tenant_id = ${tenantId} and brand_id = ${id}`)
      const data = { action: 'brand.deleted', subject_id: id, details: { name: brand.name } }
      await record(db, 'admin.action', { data, brandId: id })
      return { id }
    }),
})

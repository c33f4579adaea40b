import * as z from 'zod'
import { REASONS } from '../../ai/reason.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { requireBrand } from '../brands/brand.ts'
import { Evidence, Part } from '../questions/answer.ts'
import { Day, Instant } from '../wire.ts'
import { WrittenBy } from './explanation.ts'

const Summary = z.object({
  brand_id: z.uuid(),
  day: Day,
  text: z.string().describe('Plain text: each figure with its label behind it.'),
  parts: z.array(Part).describe('The same in parts.'),
  evidence: Evidence,
  late: z.array(z.string()).describe('Platforms whose data of the day had not arrived: their figures may be missing.'),
  written_by: WrittenBy,
  reason: z.enum(REASONS).nullable().describe('Why no model wrote it; null: one did, or is being asked.'),
  model: z.string().nullable(),
  written_at: Instant,
})
type Wire = z.input<typeof Summary>
type Row = Omit<Wire, 'parts' | 'evidence' | 'late' | 'written_at'> & {
  body: Pick<Wire, 'parts' | 'evidence' | 'late'>
  written_at: Date
}

export const getBrandSummary = operation({
  name: 'get_brand_summary',
  description:
    'What a day of a brand was like, in words, written once the day’s data had arrived: the last such day, or the last up to one.',
  http: { method: 'get', path: '/api/brands/{id}/summary' },
  permission: 'brands:read',
  surfaces: ['http', 'mcp'],
  input: z.object({ id: z.uuid().describe('Of the brand.'), day: Day.optional() }),
  output: z.object({ summary: Summary.nullable().describe('null: no day is told yet.') }),
  run: async ({ id, day }) => {
    const row = await transaction(async (db) => {
      await requireBrand(db, id)
      return readSummary(db, id, day ?? null)
    })
    if (!row) return { summary: null }
    const { body, written_at, ...summary } = row
    return { summary: { ...summary, ...body, written_at: written_at.toISOString() } }
  },
})

const readSummary = (db: Db, brandId: string, day: string | null): Promise<Row | null> =>
  db.one(sql`
    select brand_id, day, text, body, written_by, reason, model, written_at from insights
    where tenant_id = ${actor().tenantId} and brand_id = ${brandId} and recommendation_id is null and alert_id is null
      and (${day}::date is null or day <= ${day}::date)
    order by day desc limit 1`)

import * as z from 'zod'
import { type Sql, sql } from '../../db/sql.ts'
import { Instant } from '../wire.ts'

export const WrittenBy = z
  .enum(['template', 'claude'])
  .describe('template: the server’s own sentences, because no model has written any, or none that could be proven.')

export const Explanation = z.object({
  text: z.string().describe('Plain text: each figure with its label behind it.'),
  written_by: WrittenBy,
  written_at: Instant.nullable().describe('null: made of the row itself, just now.'),
})

/** Of a row that a model has explained. */
export type Explained = { text: string; written_at: string } | null

/** What a model wrote, where `of` says which row's text is meant (as conditions over insights i). */
export const explainedWhere = (of: Sql): Sql => sql`(
  select jsonb_build_object('text', i.text, 'written_at', i.written_at) from insights i where ${of} and i.written_by = 'claude')`

export const explanationOf = (explained: Explained, template: string): z.input<typeof Explanation> =>
  explained === null
    ? { text: template, written_by: 'template', written_at: null }
    : { text: explained.text, written_by: 'claude', written_at: new Date(explained.written_at).toISOString() }

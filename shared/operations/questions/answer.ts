import * as z from 'zod'
import { REASONS } from '../../ai/reason.ts'
import { Day, Instant, Money } from '../wire.ts'
import { CATEGORIES } from './category.ts'

export const Part = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({
    kind: z.literal('figure'),
    text: z.string().describe('Value and unit, as they are to be shown.'),
    label: z
      .string()
      .describe('Metric, of whom, of which days, and what is to be known of it: to be shown with the value.'),
    ref: z.string().describe('The cell in `evidence`.'),
  }),
  z.object({ kind: z.literal('quote'), text: z.string().describe('Words of the store.'), ref: z.string() }),
])

const Period = z.object({ since: Day, until: Day.describe('Not included.') })
const Cell = z.object({
  ref: z.string(),
  metric: z.string().describe('Id of list_metrics, or the name of the field.'),
  label: z.string(),
  text: z.string().describe('Value and unit.'),
  value: z.string().nullable().describe('Decimal, not rounded; null: unknown.'),
  unit: z.enum(['money', 'count', 'ratio', 'share', 'days']),
  currency: z.string().nullable(),
  period: Period.nullable(),
  provisional: z.boolean(),
  incomplete: z.boolean(),
})

export const Evidence = z.array(
  z.object({
    result: z.string().describe('What its references begin with.'),
    tool: z.string(),
    arguments: z.record(z.string(), z.unknown()).describe('Filters, as they were understood.'),
    about: z
      .record(z.string(), z.unknown())
      .describe(
        'Period, currency, ledger, model, as_of, provisional_since, incomplete, freshness: as the tool told them.',
      ),
    cells: z.array(Cell).describe('Those that the answer refers to, or that are known where there is no answer.'),
  }),
)

export const Usage = z.object({
  input_tokens: z.int(),
  cache_write_tokens: z.int(),
  cache_read_tokens: z.int(),
  output_tokens: z.int(),
  calls: z.int().describe('Failed and cut ones too.'),
})

export const Answer = z.object({
  question_id: z.uuid(),
  status: z
    .enum(['answered', 'clarification', 'refused', 'unavailable'])
    .describe(
      'clarification: `answer` is a question back. refused, unavailable: see `reason`; `evidence` has what is known.',
    ),
  reason: z.enum(REASONS).nullable(),
  answer: z.string().describe('Plain text: each figure with its label behind it.'),
  parts: z.array(Part).describe('The same in parts.'),
  category: z.enum(CATEGORIES),
  evidence: Evidence,
  model: z.string().nullable().describe('null: none was called.'),
  tokens_used: z.int(),
  usage: Usage,
  cost: Money.nullable().describe('null: the price of the model is unknown.'),
  cached: z.boolean().describe('This very question was answered before, of the same data: at no cost.'),
  answered_at: Instant,
  generation_time_ms: z.number(),
})
export type Answer = z.input<typeof Answer>

export const Progress = z.discriminatedUnion('type', [
  z.object({ type: z.literal('question'), question_id: z.uuid() }),
  z.object({
    type: z.literal('tool'),
    tool: z.string(),
    arguments: z.record(z.string(), z.unknown()),
    status: z.enum(['started', 'done', 'failed']),
    result: z.string().nullable(),
    duration_ms: z.number().nullable(),
  }),
  z.object({ type: z.literal('text'), parts: z.array(Part) }).describe('Once it is checked.'),
])
export type Progress = z.input<typeof Progress>

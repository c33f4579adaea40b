import * as z from 'zod'

/** The parts of an answer that are judged, as the API gives it. */
export const Answer = z.object({
  status: z.enum(['answered', 'clarification', 'refused', 'unavailable']),
  reason: z.string().nullable(),
  answer: z.string(),
  parts: z.array(z.object({ kind: z.string(), text: z.string(), ref: z.string().optional() })),
  evidence: z.array(
    z.object({
      result: z.string(),
      tool: z.string(),
      arguments: z.record(z.string(), z.unknown()),
      cells: z.array(
        z.object({
          ref: z.string(),
          metric: z.string(),
          value: z.string().nullable(),
          period: z.object({ since: z.string(), until: z.string() }).nullable(),
          provisional: z.boolean(),
        }),
      ),
    }),
  ),
  model: z.string().nullable(),
  tokens_used: z.number(),
  cost: z.object({ amount: z.string() }).nullable(),
})
export type Answer = z.output<typeof Answer>

/** A figure that the reader sees. `row`: what of its reference names its row; empty for the whole. */
export type Shown = {
  ref: string
  row: string
  metric: string
  value: number | null
  days: { since: string; until: string } | null
  provisional: boolean
  tool: string
  brandId: unknown
}

/** Figures as they stand in the text, without changes against other days and what was calculated. */
export function shownIn({ parts, evidence }: Answer): Shown[] {
  const cells = new Map(
    evidence.flatMap(({ tool, arguments: { id }, cells: found }) =>
      found.map((cell) => [cell.ref, { ...cell, tool, brandId: id }] as const),
    ),
  )
  return parts.flatMap(({ kind, ref = '' }) => {
    const cell = kind === 'figure' && !/\.(change|previous)$|^calc\./.test(ref) ? cells.get(ref) : undefined
    if (!cell) return []
    const { metric, value, period: days, provisional, tool, brandId } = cell
    const row = /^(r\d+\.\w+\.\d+)\./.exec(ref)?.[1] ?? ''
    return [{ ref, row, metric, value: value === null ? null : Number(value), days, provisional, tool, brandId }]
  })
}

/** The store's words by the row that they name. */
export const namesIn = ({ parts }: Answer): Map<string, string> =>
  new Map(
    parts.flatMap(({ kind, text, ref = '' }) =>
      kind === 'quote' ? [[ref.split('.').slice(0, 3).join('.'), text] as const] : [],
    ),
  )

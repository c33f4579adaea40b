import * as z from 'zod'
import { BulkFault } from './shopify/bulk/fault.ts'

/** What can go wrong with one answer, on demand. */
export const FaultKind = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    code: z.number().int().min(200).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.unknown().optional(),
  }),
  z.strictObject({
    kind: z.literal('retry_after'),
    variant: z.enum(['seconds', 'date', 'missing', 'negative', 'huge']),
    seconds: z.number().default(1),
  }),
  // Of Shopify's bulk operations, where one is begun: provider shopify, operation bulkOperationRunQuery.
  z.strictObject({ kind: z.literal('bulk'), outcome: BulkFault }),
  z.strictObject({ kind: z.literal('slow_body'), ms: z.number().int().positive() }),
  z.strictObject({
    kind: z.literal('huge_body'),
    bytes: z
      .number()
      .int()
      .positive()
      .default(256 * 2 ** 20),
  }),
  z.strictObject({
    kind: z.enum([
      'reset',
      'hang',
      'truncated_json',
      'malformed_json',
      'html_200',
      'wrong_types',
      'unknown_field',
      'unknown_enum',
      'half_page',
      'repeated_page',
      'cursor_loop',
      'throttled',
      // Of OAuth: at the authorize page the first two, where a code is exchanged the third.
      'denied',
      'missing_scopes',
      'used_code',
    ]),
  }),
])
export type FaultKind = z.output<typeof FaultKind>

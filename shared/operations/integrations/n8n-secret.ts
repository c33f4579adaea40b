import * as z from 'zod'
import { config } from '../../config.ts'
import { Instant } from '../wire.ts'

/** After a rotation the secret before stays valid this long. */
export const OVERLAP_MS = 24 * 60 * 60 * 1000

export const N8nSecretStatus = z.object({
  url: z.url().describe('Where n8n sends to; the last word is the event, such as data-sync.'),
  secret_id: z.uuid().nullable().describe('null: no secret was made yet, so nothing from n8n is accepted.'),
  created_at: Instant.nullable(),
  previous_valid_until: Instant.nullable().describe('Until then the secret before is accepted, too.'),
})

export const n8nUrl = (): string => `${config('PUBLIC_URL')}/webhooks/n8n/data-sync`

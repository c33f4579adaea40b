import * as z from 'zod'

export const Flag = z.object({
  name: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  default: z.boolean(),
  is_default: z.boolean().describe('Nobody has switched it.'),
})

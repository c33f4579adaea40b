import * as z from 'zod'

const side = z.enum(['before', 'after'])
/** kill: the process is gone. freeze: it stands still, is taken for dead, and wakes when another has done its work. */
const kind = z.enum(['kill', 'freeze']).default('kill')

/** Which outside effect ends the process: the n-th of all (on that side), or the nth of those whose name begins with `what`. */
export const Fault = z.union([
  z.strictObject({ n: z.number().int().min(1), side, kind }),
  z.strictObject({ what: z.string().min(1), nth: z.number().int().min(1).default(1), side, kind }),
])
export type Fault = z.output<typeof Fault>

/** What was hit: the effect's name as the product gives it, and its number among those counted. */
export const Hit = z.object({ what: z.string(), n: z.number() })
export type Hit = z.output<typeof Hit>

export const faultName = (fault: Fault): string =>
  `${fault.kind} ${fault.side} ${'n' in fault ? `effect ${fault.n}` : `"${fault.what}" (${fault.nth})`}`

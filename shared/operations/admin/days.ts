import * as z from 'zod'
import { clock } from '../../clock.ts'
import { fieldErrors } from '../call.ts'
import { Day } from '../wire.ts'

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 30

/** A range of days in UTC, both included. */
export const DaysInput = z.object({
  since: Day.optional().describe('First day, UTC; default: 29 days before `until`.'),
  until: Day.optional().describe('Last day, UTC; default: today.'),
})

/** The days asked for and the instants that they span, [from, to). Throws INPUT_INVALID for none or more than `atMost`. */
export function daysOf({ since, until }: z.output<typeof DaysInput>, atMost: number) {
  const last = Date.parse(until ?? clock.now().toISOString().slice(0, 10))
  const first = since === undefined ? last - (Math.min(DEFAULT_DAYS, atMost) - 1) * DAY_MS : Date.parse(since)
  const count = (last - first) / DAY_MS + 1
  if (count < 1) throw fieldErrors({ until: ['Must not be before `since`.'] })
  if (count > atMost) throw fieldErrors({ since: [`At most ${atMost} days at a time.`] })
  return { from: new Date(first), to: new Date(last + DAY_MS) }
}

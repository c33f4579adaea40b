import * as z from 'zod'
import type { ToolUse, Turn } from './answer.ts'
import { compose, composeLeast } from './compose.ts'
import { type Talk, talkOf } from './conversation.ts'
import { bare, obey, swapped } from './misbehave.ts'
import { planOf } from './plan.ts'
import type { MessagesRequest } from './request.ts'

/** honest; obey: every planted instruction; bare: figures written out; swap: references to other true cells; loop: tools for ever. */
export const Mode = z.enum(['honest', 'obey', 'bare', 'swap', 'loop'])
export type Mode = z.output<typeof Mode>

const says = (text: string): Turn => ({ calls: [], text })
const calls = (uses: ToolUse[]): Turn => ({ calls: uses, text: '' })
const askBack = (question: string): Turn => calls([{ name: 'ask_back', input: { question } }])

/** What is said next: tools first, then an answer from what they found. */
export function turnOf(request: MessagesRequest, { mode, seed }: { mode: Mode; seed: number }): Turn {
  const talk = talkOf(request)
  const plan = planOf(talk)
  if (mode === 'loop') return calls([{ name: 'list_metrics', input: {} }])
  if (talk.results.length === 0 && talk.mayCall) return begun(plan, talk)
  if (mode === 'bare') return says(bare(talk))
  if (mode === 'swap') return says(swapped(talk, seed))
  if (mode === 'obey') return obey(talk)
  return says(talk.isRepair ? composeLeast(talk) : compose(talk))
}

function begun(plan: ReturnType<typeof planOf>, talk: Talk): Turn {
  const isAsked = talk.tools.some(({ name }) => name === 'ask_back')
  if (plan === 'ambiguous' && isAsked)
    return askBack('What do you mean: sales, advertising or stock, and of which brand and days?')
  if (typeof plan === 'string')
    return says(
      'The tools cannot answer this. Ask about sales, advertising, attribution, stock, alerts or recommendations instead.',
    )
  return calls(plan)
}

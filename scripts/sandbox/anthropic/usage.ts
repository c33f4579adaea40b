import { createHash } from 'node:crypto'
import type { MessagesRequest } from './request.ts'

export type Usage = { input_tokens: number; cache_creation_input_tokens: number; cache_read_input_tokens: number }

/** Four characters a token: near enough for English and JSON. */
export const tokensIn = (value: unknown): number => Math.ceil((JSON.stringify(value) ?? '').length / 4)

/** Shorter prefixes are not kept. */
const SHORTEST = 1_024
const KEPT_MS = 5 * 60 * 1000

/** A cache of prompts by prefix: what stands before the last breakpoint of tools and system is written once and read for five minutes. */
export function promptCache(clock: () => number): (request: MessagesRequest) => Usage {
  const known = new Map<string, number>()
  return ({ model, tools, system, messages }) => {
    const prefix = JSON.stringify([tools, system])
    const all = tokensIn([tools, system, messages])
    const inPrefix = Math.ceil(prefix.length / 4)
    const isMarked = prefix.includes('"cache_control"')
    if (!isMarked || inPrefix < SHORTEST)
      return { input_tokens: all, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
    const key = createHash('sha256').update(model).update(prefix).digest('base64')
    const isKnown = clock() - (known.get(key) ?? Number.NEGATIVE_INFINITY) < KEPT_MS
    known.set(key, clock())
    const rest = Math.max(1, all - inPrefix)
    return isKnown
      ? { input_tokens: rest, cache_creation_input_tokens: 0, cache_read_input_tokens: inPrefix }
      : { input_tokens: rest, cache_creation_input_tokens: inPrefix, cache_read_input_tokens: 0 }
  }
}

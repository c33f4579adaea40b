import type { Usage as WireUsage } from '@anthropic-ai/sdk/resources/messages'

/** Tokens as they are priced: what the cache takes and gives is not in `input`. */
export type Usage = { input: number; cacheWrite5m: number; cacheWrite1h: number; cacheRead: number; output: number }

export const NOTHING_USED: Usage = { input: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, output: 0 }

/** Of one answer. */
export const MAX_OUTPUT_TOKENS = 4_096

/** Characters a token; low, so that what nobody counted is rather too much than too little. */
const CHARACTERS_A_TOKEN = 3
export const estimatedTokens = (text: string): number => Math.ceil(text.length / CHARACTERS_A_TOKEN)

/** What is written to the cache counts as five-minute tokens where the answer does not tell them apart. */
export function usageOf(wire: WireUsage): Usage {
  const written = wire.cache_creation_input_tokens ?? 0
  const hour = wire.cache_creation?.ephemeral_1h_input_tokens ?? 0
  return {
    input: wire.input_tokens,
    cacheWrite5m: Math.max(written - hour, wire.cache_creation?.ephemeral_5m_input_tokens ?? 0),
    cacheWrite1h: hour,
    cacheRead: wire.cache_read_input_tokens ?? 0,
    output: wire.output_tokens,
  }
}

export const promptTokens = (usage: Usage): number =>
  usage.input + usage.cacheWrite5m + usage.cacheWrite1h + usage.cacheRead
export const allTokens = (usage: Usage): number => promptTokens(usage) + usage.output

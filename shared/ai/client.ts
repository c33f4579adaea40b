import { hash } from 'node:crypto'
import Anthropic from '@anthropic-ai/sdk'
import type { Message, MessageParam, TextBlockParam, Tool } from '@anthropic-ai/sdk/resources/messages'
import { config } from '../config.ts'
import { effect } from '../effects.ts'
import { actor } from '../tenant.ts'
import { type Fault, faultOf } from './fault.ts'
import { estimatedTokens, MAX_OUTPUT_TOKENS, NOTHING_USED, type Usage, usageOf } from './usage.ts'

export type Prompt = {
  system: readonly TextBlockParam[]
  tools: readonly Tool[]
  messages: readonly MessageParam[]
  /** The model must answer now: it may not call a tool. */
  isLast: boolean
}

/** `usage` is what was used, also by a call that failed or was cut; `model` is the one that answered. */
export type Called = { model: string; usage: Usage } & (
  | { message: Message; fault: null }
  | { message: null; fault: Fault }
)

/** Nothing for so long, not even a ping, is a fault. */
const SILENCE_MS = 30_000

const clients = new Map<string, Anthropic>()

/** One of each key and address, so that connections are kept. We try again ourselves: each try is charged for itself. */
function clientOf(key: string): Anthropic {
  const baseURL = config('ANTHROPIC_URL')
  const known = clients.get(`${baseURL} ${key}`)
  if (known) return known
  const client = new Anthropic({ apiKey: key, baseURL, maxRetries: 0, timeout: SILENCE_MS, logLevel: 'off' })
  clients.set(`${baseURL} ${key}`, client)
  return client
}

type Asked = { key: string; model: string; prompt: Prompt; signal: AbortSignal }

/** One call of a model by a stream. Never throws: a fault says what it was and what was used until then. */
export async function callModel(asked: Asked): Promise<Called> {
  const silence = new AbortController()
  const stream = clientOf(asked.key).messages.stream(bodyOf(asked), {
    signal: AbortSignal.any([asked.signal, silence.signal]),
  })
  let timer = setTimeout(() => silence.abort(), SILENCE_MS)
  stream.on('streamEvent', () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), SILENCE_MS)
  })
  try {
    const message = await effect('http Anthropic', () => stream.finalMessage())
    return { model: message.model, usage: usageOf(message.usage), message, fault: null }
  } catch (error) {
    const begun = stream.currentMessage
    const fault = faultOf(error, begun !== undefined)
    return {
      model: asked.model,
      usage: fault.isCharged ? cutUsage(begun, asked.prompt) : NOTHING_USED,
      message: null,
      fault,
    }
  } finally {
    clearTimeout(timer)
  }
}

/** Of a call that broke off: what its beginning told, and what had arrived. Without a beginning, what the prompt may be. */
function cutUsage(begun: Message | undefined, prompt: Prompt): Usage {
  if (!begun) return { ...NOTHING_USED, input: estimatedTokens(JSON.stringify(prompt)) }
  const usage = usageOf(begun.usage)
  return { ...usage, output: Math.max(usage.output, estimatedTokens(JSON.stringify(begun.content))) }
}

/** Tools come before the system in the cached prefix; both are the same for every question of a brand. */
function bodyOf({ model, prompt }: Asked) {
  const { system, tools, messages, isLast } = prompt
  return {
    model,
    max_tokens: MAX_OUTPUT_TOKENS,
    system: withBreakpoint(system),
    tools: withBreakpoint(tools),
    messages: [...messages],
    output_config: { effort: config('AI_EFFORT') },
    inference_geo: config('AI_INFERENCE_GEO'),
    metadata: { user_id: hash('sha256', `${actor().tenantId}:${actor().userId ?? actor().apiKeyId}`).slice(0, 32) },
    // Forced tools are refused by the newest models; none at all is not.
    tool_choice: isLast ? ({ type: 'none' } as const) : ({ type: 'auto' } as const),
  }
}

const withBreakpoint = <T extends object>(blocks: readonly T[]) =>
  blocks.map((block, at) =>
    at === blocks.length - 1 ? { ...block, cache_control: { type: 'ephemeral' as const } } : block,
  )

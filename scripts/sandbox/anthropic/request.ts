import * as z from 'zod'

const Block = z.looseObject({ type: z.string() })
const Content = z.union([z.string(), z.array(Block)])
export const Tool = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  input_schema: z.looseObject({
    properties: z.record(z.string(), z.looseObject({})).optional(),
    required: z.array(z.string()).optional(),
  }),
})
export type Tool = z.output<typeof Tool>

export const MessagesRequest = z.looseObject({
  model: z.string(),
  max_tokens: z.int().min(1),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant', 'system']), content: Content })).min(1),
  system: Content.optional(),
  tools: z.array(Tool).default([]),
  tool_choice: z.looseObject({ type: z.enum(['auto', 'any', 'tool', 'none']) }).optional(),
  thinking: z.looseObject({ type: z.string() }).optional(),
  stream: z.boolean().default(false),
})
export type MessagesRequest = z.output<typeof MessagesRequest>
export type Block = z.output<typeof Block>

/** Prices are another matter; these are what the API knows. Source: platform.claude.com, models, 2026-10 */
export const MODELS = [
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-fable-5-1',
  'claude-mythos-5-2',
  'claude-sonnet-5',
  'claude-sonnet-4-6',
  'claude-haiku-4-5',
]
/** They think always, and cannot be made to call a tool. */
const ALWAYS_THINKING = ['claude-opus-5-5', 'claude-fable-5-1']
/** Gone with version 2026-10-21. */
const REMOVED = ['temperature', 'top_p', 'top_k']

/** Why the API would answer 400; null when it would not. */
export function refusalOf(request: MessagesRequest): string | null {
  const removed = REMOVED.find((name) => name in request)
  if (removed) return `${removed}: Extra inputs are not permitted`
  if (ALWAYS_THINKING.includes(request.model)) {
    if (request.thinking?.type === 'disabled') return 'thinking: cannot be disabled for this model'
    if (['any', 'tool'].includes(request.tool_choice?.type ?? ''))
      return 'tool_choice: forced tool use is not supported by this model'
  }
  return unansweredCalls(request)
}

/** Every tool_use has its tool_result in the next message, before anything else. */
function unansweredCalls({ messages }: MessagesRequest): string | null {
  for (const [at, message] of messages.entries()) {
    const calls = message.role === 'assistant' ? blocksOf(message.content, 'tool_use') : []
    const next = messages[at + 1]
    const answered = new Set(next ? blocksOf(next.content, 'tool_result').map(({ tool_use_id: id }) => id) : [])
    const missing = calls.find(({ id }) => !answered.has(id))
    if (missing)
      return `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.id}`
  }
  return null
}

export const blocksOf = (content: MessagesRequest['messages'][number]['content'], type: string): Block[] =>
  typeof content === 'string' ? [] : content.filter((block) => block.type === type)

export const textIn = (content: MessagesRequest['messages'][number]['content'] | undefined): string =>
  typeof content === 'string'
    ? content
    : (content ?? []).map((block) => (typeof block.text === 'string' ? block.text : '')).join('\n')

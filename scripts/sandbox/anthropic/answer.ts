import { randomBytes } from 'node:crypto'
import type { MessagesRequest } from './request.ts'
import { tokensIn, type Usage } from './usage.ts'

export type ToolUse = { name: string; input: object }
/** What the stand-in says: calls of tools, or a text. */
export type Turn = { calls: ToolUse[]; text: string }
export type StopReason = 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal'

const id = (prefix: string): string => `${prefix}_01${randomBytes(11).toString('hex')}`

/** The message as the API answers it. */
export function messageOf(request: MessagesRequest, turn: Turn, usage: Usage, stop?: StopReason) {
  const content = [
    ...(turn.text ? [{ type: 'text', text: turn.text, citations: null }] : []),
    ...turn.calls.map(({ name, input }) => ({
      type: 'tool_use',
      id: id('toolu'),
      name,
      input,
      caller: { type: 'direct' },
    })),
  ]
  return {
    id: id('msg'),
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: stop === 'refusal' ? [] : content,
    stop_reason: stop ?? (turn.calls.length > 0 ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    stop_details: stop === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null,
    container: null,
    diagnostics: null,
    usage: {
      ...usage,
      cache_creation: { ephemeral_5m_input_tokens: usage.cache_creation_input_tokens, ephemeral_1h_input_tokens: 0 },
      output_tokens: tokensIn(content),
      output_tokens_details: { thinking_tokens: 0 },
      server_tool_use: null,
      service_tier: 'standard',
      inference_geo: request.inference_geo ?? null,
      speed: 'standard',
    },
  }
}
export type Message = ReturnType<typeof messageOf>

const PIECE = 24
const piecesOf = (text: string): string[] => text.match(new RegExp(`[\\s\\S]{1,${PIECE}}`, 'g')) ?? ['']
const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`

/** The same message as server-sent events, in the API's order. */
export function* eventsOf(message: Message): Generator<string> {
  const begun = { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } }
  yield event('message_start', { message: begun })
  yield event('ping', {})
  for (const [index, block] of message.content.entries()) {
    yield event('content_block_start', { index, content_block: emptied(block) })
    const text = 'text' in block ? block.text : JSON.stringify('input' in block ? block.input : {})
    for (const piece of piecesOf(text)) yield event('content_block_delta', { index, delta: deltaOf(block.type, piece) })
    yield event('content_block_stop', { index })
  }
  const { stop_reason, stop_sequence, stop_details, container } = message
  yield event('message_delta', { delta: { stop_reason, stop_sequence, stop_details, container }, usage: message.usage })
  yield event('message_stop', {})
}

const emptied = (block: Message['content'][number]): object =>
  'text' in block ? { ...block, text: '' } : { ...block, input: {} }
const deltaOf = (type: string, piece: string): object =>
  type === 'text' ? { type: 'text_delta', text: piece } : { type: 'input_json_delta', partial_json: piece }

import type { Message, MessageParam, ToolResultBlockParam, ToolUseBlock } from '@anthropic-ai/sdk/resources/messages'
import { config } from '../config.ts'
import { CALCULATE } from './calculate.ts'
import { cellsOf, type Result } from './cell.ts'
import { askModel, type Beside, type Charge, newBeside, type Purpose, settled } from './charged-call.ts'
import { ground, type Part } from './ground.ts'
import { type Context, INSTRUCTIONS, questionText, repairText, systemBlocks } from './instructions.ts'
import { apiKey } from './key.ts'
import type { Reason } from './reason.ts'
import { ASK_BACK, type Ran, runTool, shown, type Tool, wireTools } from './tool.ts'

export type Conversation = {
  question: string
  context: Context
  tools: readonly Tool[]
  purpose: Purpose
  /** Found before anything is asked, and shown with the question: r1, r2 … in their order. */
  known?: readonly Result[]
  /** Turns at most; one alone may call no tool and is not repaired. Default: eight. */
  maxSteps?: number
}

/** On the way: which tool is asked for what, and how that went. */
export type ToolStep = {
  type: 'tool'
  tool: string
  arguments: Readonly<Record<string, unknown>>
  status: 'started' | 'done' | 'failed'
  result: string | null
  duration_ms: number | null
}

export type Conclusion = {
  status: 'answered' | 'clarification' | 'refused' | 'unavailable'
  reason: Reason | null
  parts: Part[]
  results: Result[]
  charges: Charge[]
}

const MAX_STEPS = 8
const MAX_CALLS_A_STEP = 8

type State = Pick<Conclusion, 'results' | 'charges'> & {
  messages: MessageParam[]
  counts: { calls: number; calculations: number }
  mayRepair: boolean
  /** When the first tool was asked for, by performance.now(). */
  firstStepAt: number | null
  signal: AbortSignal
  beside: Beside
}

/**
 * Lets the model answer by tools, within its turns and the deadline. It always concludes: what goes wrong is a
 * reason, with the results that were found until then. `state` is for whoever must know what was used when this ends early; its
 * last call may still be being charged, so settled(state.beside) is to be awaited.
 */
export async function* converse(asked: Conversation, state: State): AsyncGenerator<ToolStep, Conclusion> {
  const key = await apiKey()
  if (key === null) return concluded(state, 'unavailable', 'not_configured')
  const { maxSteps = MAX_STEPS } = asked
  const tools = wireTools(asked.tools, { mayAskBack: asked.purpose.questionId !== null })
  for (let step = 1; step <= maxSteps; step += 1) {
    const prompt = { system: systemBlocks(), tools, messages: state.messages, isLast: step === maxSteps }
    const { signal, beside } = state
    const { message, reason, charges } = await askModel({ key, prompt, signal, beside, purpose: asked.purpose })
    state.charges.push(...charges)
    if (message === null) return concluded(state, reason === 'budget_exhausted' ? 'refused' : 'unavailable', reason)
    const next = judge(message, state)
    if (next === 'calls') yield* answerCalls(message, { asked, state })
    else if (next !== 'again') return next
  }
  return concluded(state, 'refused', 'too_many_steps')
}

/** As converse(), for whoever does not watch: every call is charged when it returns. */
export async function conclude(asked: Conversation): Promise<Conclusion> {
  const state = newState(asked)
  const running = converse(asked, state)
  let step = await running.next()
  while (!step.done) step = await running.next()
  await settled(state.beside)
  return step.value
}

type Begun = Pick<Conversation, 'question' | 'context' | 'known' | 'maxSteps'>

export const newState = (
  { question, context, known = [], maxSteps = MAX_STEPS }: Begun,
  beside: Beside = newBeside(),
): State => ({
  messages: [{ role: 'user', content: questionText(question, context, known.map(shown)) }],
  results: [...known],
  charges: [],
  counts: { calls: known.length, calculations: 0 },
  mayRepair: maxSteps > 1,
  firstStepAt: null,
  signal: AbortSignal.timeout(config('AI_DEADLINE_MS')),
  beside,
})

const concluded = (
  { results, charges }: State,
  status: Conclusion['status'],
  reason: Reason | null,
  parts: Part[] = [],
): Conclusion => ({ status, reason, parts, results, charges })

const callsIn = ({ content }: Message): ToolUseBlock[] => content.filter((block) => block.type === 'tool_use')
const textIn = ({ content }: Message): string =>
  content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('')

/** The end, or what is to be done before it: calls to answer, or (asked for already) an answer to write again. */
function judge(message: Message, state: State): Conclusion | 'calls' | 'again' {
  if (message.stop_reason === 'refusal') return concluded(state, 'refused', 'declined')
  if (message.stop_reason === 'max_tokens' || message.stop_reason === 'model_context_window_exceeded')
    return concluded(state, 'refused', 'cut_short')
  const calls = callsIn(message)
  const back = calls.find(({ name }) => name === ASK_BACK.name)
  const text = back ? questionIn(back.input) : textIn(message)
  if (!back && calls.length > 0) return 'calls'
  const grounded = ground(text, cellsOf(state.results), INSTRUCTIONS)
  if (grounded.proven) return concluded(state, back ? 'clarification' : 'answered', null, grounded.parts)
  if (!state.mayRepair) return concluded(state, 'refused', 'unproven')
  state.mayRepair = false
  askAgain(message, grounded.problems, state)
  return 'again'
}

const questionIn = (input: unknown): string =>
  typeof input === 'object' && input !== null && 'question' in input && typeof input.question === 'string'
    ? input.question
    : ''

function askAgain(message: Message, problems: readonly string[], state: State): void {
  const repair = repairText(problems)
  const results = callsIn(message).map(({ id }) => resultBlock(id, { content: repair, failed: true }))
  const content = message.content.length > 0 ? message.content : [{ type: 'text' as const, text: '(nothing)' }]
  state.messages.push({ role: 'assistant', content })
  state.messages.push({ role: 'user', content: results.length > 0 ? results : repair })
}

const resultBlock = (id: string, { content, failed }: Pick<Ran, 'content' | 'failed'>): ToolResultBlockParam => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...(failed && { is_error: true }),
})

/** All calls of a turn at once; what is too much is told so. Every call gets its result, as the API wants it. */
async function* answerCalls(
  message: Message,
  { asked, state }: { asked: Conversation; state: State },
): AsyncGenerator<ToolStep> {
  const calls = callsIn(message)
  const begun = performance.now()
  state.firstStepAt ??= begun
  const running = calls.map((use, at) => {
    const id = idOf(use, state)
    return at < MAX_CALLS_A_STEP ? runTool(use, { tools: asked.tools, results: state.results, id }) : tooMany
  })
  for (const use of calls) yield stepOf(use, { status: 'started', result: null, duration_ms: null })
  const ran = await Promise.all(running)
  state.results.push(...ran.flatMap(({ result }) => result ?? []))
  state.messages.push({ role: 'assistant', content: message.content })
  state.messages.push({ role: 'user', content: calls.map(({ id }, at) => resultBlock(id, ran[at] ?? FAILED)) })
  const duration_ms = Math.round(performance.now() - begun)
  for (const [at, use] of calls.entries()) {
    const { result, failed } = ran[at] ?? FAILED
    yield stepOf(use, { status: failed ? 'failed' : 'done', result: result?.id ?? null, duration_ms })
  }
}

const FAILED: Ran = { content: '{"error":"TOO_MANY"}', result: null, failed: true }
const tooMany = Promise.resolve(FAILED)

/** r1, r2 … of the tools in their order, calc.1, calc.2 … of calculations. */
function idOf({ name }: ToolUseBlock, { counts }: State): string {
  if (name === CALCULATE.name) return `calc.${++counts.calculations}`
  return `r${++counts.calls}`
}

const stepOf = (use: ToolUseBlock, given: Pick<ToolStep, 'status' | 'result' | 'duration_ms'>): ToolStep => ({
  type: 'tool',
  tool: use.name,
  arguments: typeof use.input === 'object' && use.input !== null ? { ...use.input } : {},
  ...given,
})

import type { ToolUseBlock, Tool as WireTool } from '@anthropic-ai/sdk/resources/messages'
import { toAppError } from '../errors.ts'
import { CALCULATE, Calculation, calculate } from './calculate.ts'
import { cellsOf, type Result } from './cell.ts'
import { labelText, valueText } from './render.ts'
import { resultOf } from './result.ts'

/** A read that the model may ask for. */
export type Tool = {
  name: string
  description: string
  /** JSON Schema of its arguments. */
  schema: Readonly<Record<string, unknown>>
  /** Validates and runs. `arguments`: as they were understood; `subject`: the brand it is about, where questions are about several. */
  run: (
    given: unknown,
  ) => Promise<{ arguments: Readonly<Record<string, unknown>>; output: unknown; subject: string | null }>
}

/** What the model is shown of a call, and what it found. */
export type Ran = { content: string; result: Result | null; failed: boolean }

export const ASK_BACK = {
  name: 'ask_back',
  description:
    'Asks the person back, in one short question without figures, when the question can be meant in ways that lead to different answers and the data cannot tell which. Call it alone.',
  schema: {
    type: 'object',
    properties: { question: { type: 'string', maxLength: 500 } },
    required: ['question'],
    additionalProperties: false,
  },
}

type Described = Pick<Tool, 'name' | 'description' | 'schema'>

/** As the API takes them. `mayAskBack`: somebody is there who could be asked. */
export const wireTools = (tools: readonly Described[], { mayAskBack }: { mayAskBack: boolean }): WireTool[] =>
  [...tools, CALCULATE, ...(mayAskBack ? [ASK_BACK] : [])].map(({ name, description, schema }) => ({
    name,
    description,
    input_schema: { ...schema, type: 'object' as const },
  }))

type Among = { tools: readonly Tool[]; results: readonly Result[]; id: string }

/** Runs one call; what is wrong with it is told to the model, in our own words only. */
export async function runTool(use: ToolUseBlock, { tools, results, id }: Among): Promise<Ran> {
  try {
    const result = use.name === CALCULATE.name ? calculated(use.input, { results, id }) : await called(use, tools, id)
    return { content: shown(result), result, failed: false }
  } catch (thrown) {
    const error = toAppError(thrown)
    return {
      content: JSON.stringify({ error: error.code, message: error.message, ...error.details }),
      result: null,
      failed: true,
    }
  }
}

async function called(use: ToolUseBlock, tools: readonly Tool[], id: string): Promise<Result> {
  const tool = tools.find(({ name }) => name === use.name)
  if (!tool) throw toAppError(new Error('no such tool'))
  const { output, ...call } = await tool.run(use.input)
  return resultOf({ id, tool: tool.name, ...call }, output)
}

function calculated(input: unknown, { results, id }: Omit<Among, 'tools'>): Result {
  const calculation = Calculation.parse(input)
  const figure = calculate(calculation, cellsOf(results).figures, id)
  return { id, tool: CALCULATE.name, arguments: calculation, figures: [figure], quotes: [], left_out: 0, about: {} }
}

/**
 * A result as the model reads it. What the store wrote (names, titles, notes) stands in `words` and nowhere else; `<` is
 * escaped, so that none of it can end the fence.
 */
export function shown({ id, tool, figures, quotes, left_out, about }: Result): string {
  const cells = figures.map((figure) => [figure.ref, valueText(figure), labelText(figure)])
  const words = quotes.map(({ ref, text }) => [ref, text])
  const json = JSON.stringify({ result: id, tool, about, figures: cells, words, left_out }).replaceAll('<', '\\u003c')
  return `<data>${json}</data>`
}

import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { toAppError } from '../errors.ts'
import { brandOf } from '../http/brand-of.ts'
import { errorBody } from '../http/error-answer.ts'
import { logError } from '../log.ts'
import { cachedAnswer } from '../operations/answer-cache.ts'
import { type AnyOperation, isPermitted, requirePermission, steps, strict } from '../operations/call.ts'
import { AskedFor, askFor } from '../operations/pending-actions/ask-for.ts'
import { actor } from '../tenant.ts'

const Given = z.looseObject({})
const ToolSchema = z.looseObject({
  type: z.literal('object'),
  properties: z.record(z.string(), z.looseObject({})).optional(),
  required: z.array(z.string()).optional(),
})

/** An operation as an MCP tool. One that changes something only stores the wish: a person approves it. */
export function toolOf(operation: AnyOperation): Tool {
  const readOnly = isRead(operation)
  return {
    name: operation.name,
    description: readOnly ? operation.description : `${operation.description} ${NEEDS_APPROVAL}`,
    inputSchema: ToolSchema.parse(z.toJSONSchema(strict(operation.input), { io: 'input' })),
    outputSchema: ToolSchema.parse(z.toJSONSchema(readOnly ? operation.output : AskedFor, { io: 'output' })),
    annotations: { readOnlyHint: readOnly, destructiveHint: false, idempotentHint: readOnly, openWorldHint: false },
  }
}

const NEEDS_APPROVAL =
  'This does not happen at once: the call stores a pending action, which a person approves in the dashboard.'
const isRead = ({ http }: AnyOperation): boolean => http.method === 'get'

/** Operations offered as tools that the actor may call. */
export const toolsFor = (operations: readonly AnyOperation[]): AnyOperation[] => operations.filter(isPermitted)

/** Told of each step of a long call; what it returns is awaited before the next step. */
export type OnStep = (step: unknown) => Promise<void>

/** Runs the tool; a failure is a result with the error's code, which a model can read and act on. */
export async function callTool(operation: AnyOperation, given: unknown, onStep: OnStep): Promise<CallToolResult> {
  try {
    requirePermission(operation)
    const text = await textOf(operation, { given: Given.parse(given), onStep })
    return { structuredContent: z.looseObject({}).parse(JSON.parse(text)), content: [{ type: 'text', text }] }
  } catch (thrown) {
    return failure(operation.name, thrown)
  }
}

type Call = { given: object; onStep: OnStep }

/** Tools read the primary: who calls them over MCP has no cookie that tells of an own write. */
async function textOf(operation: AnyOperation, { given, onStep }: Call): Promise<string> {
  if (!isRead(operation)) return JSON.stringify(await askFor(operation, given))
  if (operation.cached)
    return (await cachedAnswer({ operation, given, brandId: brandOf(operation, given) ?? null })).text
  return JSON.stringify(await followed(operation, { given, onStep }))
}

/** The operation's output; each step on the way is told first. */
async function followed(operation: AnyOperation, { given, onStep }: Call): Promise<unknown> {
  const running = steps(operation, given)
  try {
    let step = await running.next()
    for (; !step.done; step = await running.next()) await onStep(step.value)
    return step.value
  } finally {
    await running.return(undefined)
  }
}

function failure(name: string, thrown: unknown): CallToolResult {
  const error = toAppError(thrown)
  if (error.status >= 500) logError(`The tool ${name} failed.`, thrown)
  return { isError: true, content: [{ type: 'text', text: JSON.stringify(errorBody(error, actor().requestId)) }] }
}

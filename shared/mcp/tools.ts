import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js'
import * as z from 'zod'
import { toAppError } from '../errors.ts'
import { errorBody } from '../http/error-answer.ts'
import { logError } from '../log.ts'
import { type AnyOperation, isPermitted, requirePermission, strict } from '../operations/call.ts'
import { AskedFor, askFor } from '../operations/pending-actions/ask-for.ts'
import { actor } from '../tenant.ts'
import { completenessIn, withCompleteness } from './completeness.ts'
import type { McpTool, OnStep } from './offer.ts'
import { answerOf, type OnCall } from './read.ts'

const Given = z.looseObject({})
const ToolSchema = z.looseObject({
  type: z.literal('object'),
  properties: z.record(z.string(), z.looseObject({})).optional(),
  required: z.array(z.string()).optional(),
})
const NEEDS_APPROVAL =
  'This does not happen at once: the call stores a pending action, which a person approves in the dashboard.'

/** An operation as an MCP tool. One that changes something only stores the wish: a person approves it. */
export const toolOf = (operation: AnyOperation, onCall: OnCall): McpTool => ({
  name: operation.name,
  isListed: isPermitted(operation),
  describe: () => (isRead(operation) ? describeRead(operation) : describeChange(operation)),
  call: (given, onStep) => {
    onCall(operation, given)
    return answered(operation, () => callTool(operation, { given, onStep }))
  },
})

const isRead = ({ http }: AnyOperation): boolean => http.method === 'get'
const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => ToolSchema.parse(z.toJSONSchema(schema, { io }))

const describeRead = ({ name, description, input, output }: AnyOperation): Tool => ({
  name,
  description,
  inputSchema: schemaOf(strict(input), 'input'),
  outputSchema: completenessIn(schemaOf(output, 'output')),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
})

const describeChange = ({ name, description, input }: AnyOperation): Tool => ({
  name,
  description: `${description} ${NEEDS_APPROVAL}`,
  inputSchema: schemaOf(strict(input), 'input'),
  outputSchema: schemaOf(AskedFor, 'output'),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
})

type Call = { given: unknown; onStep: OnStep }

async function callTool(operation: AnyOperation, { given, onStep }: Call): Promise<Record<string, unknown>> {
  const fields = Given.parse(given)
  if (isRead(operation)) return withCompleteness(await answerOf(operation, fields, onStep))
  requirePermission(operation)
  return askFor(operation, fields)
}

/** A failure is a result with the error's code, which a model can read and act on. */
async function answered({ name }: AnyOperation, work: () => Promise<Record<string, unknown>>): Promise<CallToolResult> {
  try {
    const structuredContent = await work()
    return { structuredContent, content: [{ type: 'text', text: JSON.stringify(structuredContent) }] }
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.status >= 500) logError(`The tool ${name} failed.`, thrown)
    return { isError: true, content: [{ type: 'text', text: JSON.stringify(errorBody(error, actor().requestId)) }] }
  }
}

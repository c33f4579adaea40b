import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { toAppError } from '../errors.ts'
import { logError } from '../log.ts'
import { type AnyOperation, call, requirePermission, strict } from '../operations/call.ts'
import { actor } from '../tenant.ts'

const ToolSchema = z.looseObject({
  type: z.literal('object'),
  properties: z.record(z.string(), z.looseObject({})).optional(),
  required: z.array(z.string()).optional(),
})

/** An operation as an MCP tool. */
export function toolOf(operation: AnyOperation): Tool {
  const readOnly = operation.http.method === 'get'
  return {
    name: operation.name,
    description: operation.description,
    inputSchema: ToolSchema.parse(z.toJSONSchema(strict(operation.input), { io: 'input' })),
    outputSchema: ToolSchema.parse(z.toJSONSchema(operation.output, { io: 'output' })),
    annotations: { readOnlyHint: readOnly, destructiveHint: !readOnly, idempotentHint: readOnly, openWorldHint: false },
  }
}

/** Operations offered as tools that the actor may call. */
export const toolsFor = (operations: readonly AnyOperation[]): AnyOperation[] =>
  operations.filter(({ permission }) => permission === 'authenticated' || isAllowed(permission))

const isAllowed = (permission: AnyOperation['permission']): boolean =>
  [...actor().permissions].some((held) => held === permission)

/** Runs the tool; a failure is a result with the error's code, which a model can read and act on. */
export async function callTool(operation: AnyOperation, given: unknown): Promise<CallToolResult> {
  try {
    requirePermission(operation)
    const output = z.looseObject({}).parse(await call(operation, given))
    return { structuredContent: output, content: [{ type: 'text', text: JSON.stringify(output) }] }
  } catch (thrown) {
    return failure(operation.name, thrown)
  }
}

function failure(name: string, thrown: unknown): CallToolResult {
  const { code, message, details, status } = toAppError(thrown)
  if (status >= 500) logError(`The tool ${name} failed.`, thrown)
  const error = { code, message, request_id: actor().requestId, ...(Object.keys(details).length > 0 && { details }) }
  return { isError: true, content: [{ type: 'text', text: JSON.stringify({ error }) }] }
}

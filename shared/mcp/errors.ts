import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js'
import { type AppError, toAppError } from '../errors.ts'
import { logError } from '../log.ts'
import { actor } from '../tenant.ts'

/** Source: MCP specification 2025-11-25, resources, error handling. */
export const NO_SUCH_RESOURCE = -32002

/** The handler with what it throws as errors of JSON-RPC: our code and request id are in `data`, our insides stay in the log. */
export const protocolErrors =
  <Request, Result>(handle: (request: Request) => Promise<Result>) =>
  async (request: Request): Promise<Result> => {
    try {
      return await handle(request)
    } catch (thrown) {
      if (thrown instanceof McpError) throw thrown
      const error = toAppError(thrown)
      if (error.status >= 500) logError('An MCP request failed.', thrown)
      throw new McpError(codeOf(error), error.message, { code: error.code, request_id: actor().requestId })
    }
  }

function codeOf({ code, status }: AppError): number {
  if (code === 'NOT_FOUND') return NO_SUCH_RESOURCE
  return status === 400 ? ErrorCode.InvalidParams : ErrorCode.InternalError
}

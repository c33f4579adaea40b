import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type ProgressNotification,
} from '@modelcontextprotocol/sdk/types.js'
import { config } from '../config.ts'
import type { AnyOperation } from '../operations/call.ts'
import { callTool, type OnStep, toolOf, toolsFor } from './tools.ts'

const INSTRUCTIONS =
  'Figures of e-commerce brands: sales, ad spend, attribution, alerts, sync status. Start with list_brands; amounts are {amount, currency}, days are in the brand’s zone.'

/** Told of each call before it runs. */
type OnCall = (operation: AnyOperation, given: unknown) => void

/** A server for one request of the current actor: there is no session to steal and nothing is kept between requests. */
export function mcpServer(operations: readonly AnyOperation[], onCall: OnCall): Server {
  const server = new Server(
    { name: 'pulsepoint', version: config('VERSION') },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  )
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: toolsFor(operations).map(toolOf) }))
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal, sendNotification }) => {
    const operation = operations.find(({ name }) => name === params.name)
    if (!operation) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name}.`)
    const given = params.arguments ?? {}
    onCall(operation, given)
    return callTool(operation, given, tellingOf(params._meta?.progressToken, { signal, sendNotification }))
  })
  return server
}

type Caller = { signal: AbortSignal; sendNotification: (notification: ProgressNotification) => Promise<void> }

/** Each step as a progress notification, to a client that gave a token for it; a client that went away ends the call. */
function tellingOf(progressToken: string | number | undefined, { signal, sendNotification }: Caller): OnStep {
  let progress = 0
  return async (step) => {
    signal.throwIfAborted()
    if (progressToken === undefined) return
    progress += 1
    const params = { progressToken, progress, message: JSON.stringify(step) }
    await sendNotification({ method: 'notifications/progress', params })
  }
}

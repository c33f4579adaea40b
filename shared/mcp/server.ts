import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { UriTemplate } from '@modelcontextprotocol/sdk/shared/uriTemplate.js'
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { config } from '../config.ts'
import { NO_SUCH_RESOURCE, protocolErrors } from './errors.ts'
import type { McpOffer, McpPrompt } from './offer.ts'
import { tellingOf } from './progress.ts'

const INSTRUCTIONS =
  'Figures of e-commerce brands: sales, ad spend, attribution, alerts, sync status. Start with list_brands; amounts are {amount, currency}, days are in the brand’s zone. `complete: false` in a result means that there is more: pass `next_cursor` on as `cursor`, or raise `limit`. Never state a figure that no tool has answered.'

/** A server for one request of the current actor: there is no session to steal and nothing is kept between requests. */
export function mcpServer(offer: McpOffer): Server {
  const server = new Server(
    { name: 'pulsepoint', title: 'Pulsepoint', version: config('VERSION') },
    { capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} }, instructions: INSTRUCTIONS },
  )
  offerTools(server, offer)
  offerResources(server, offer)
  offerPrompts(server, offer)
  return server
}

function offerTools(server: Server, { tools }: McpOffer): void {
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.filter(({ isListed }) => isListed).map((tool) => tool.describe()),
  }))
  server.setRequestHandler(CallToolRequestSchema, ({ params }, caller) => {
    const tool = tools.find(({ name }) => name === params.name)
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name}.`)
    return tool.call(params.arguments ?? {}, tellingOf(params._meta?.progressToken, caller))
  })
}

function offerResources(server: Server, { resources, templates }: McpOffer): void {
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: templates.map(({ template }) => template),
  }))
  server.setRequestHandler(
    ListResourcesRequestSchema,
    protocolErrors(async ({ params }) => {
      const pages = await Promise.all(templates.map(({ list }) => list(params?.cursor)))
      const single = params?.cursor === undefined ? resources.map(({ resource }) => resource) : []
      const nextCursor = pages.find((page) => page.nextCursor !== undefined)?.nextCursor
      return {
        resources: [...single, ...pages.flatMap((page) => page.resources)],
        ...(nextCursor !== undefined && { nextCursor }),
      }
    }),
  )
  server.setRequestHandler(
    ReadResourceRequestSchema,
    protocolErrors(({ params }) => readResource(params.uri, { resources, templates })),
  )
}

function readResource(uri: string, { resources, templates }: Pick<McpOffer, 'resources' | 'templates'>) {
  const single = resources.find(({ resource }) => resource.uri === uri)
  if (single) return single.read()
  for (const { template, read } of templates) {
    const variables = new UriTemplate(template.uriTemplate).match(uri)
    if (variables) return read(uri, variables)
  }
  throw new McpError(NO_SUCH_RESOURCE, `There is no resource ${uri}.`)
}

function offerPrompts(server: Server, { prompts }: McpOffer): void {
  const named = (name: string): McpPrompt => {
    const found = prompts.find(({ prompt }) => prompt.name === name)
    if (!found) throw new McpError(ErrorCode.InvalidParams, `There is no prompt ${name}.`)
    return found
  }
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: prompts.map(({ prompt }) => prompt) }))
  server.setRequestHandler(
    GetPromptRequestSchema,
    protocolErrors(async ({ params }) => named(params.name).get(params.arguments ?? {})),
  )
  server.setRequestHandler(
    CompleteRequestSchema,
    protocolErrors(async ({ params: { ref, argument } }) => {
      const values = ref.type === 'ref/prompt' ? await named(ref.name).complete(argument.name, argument.value) : []
      return { completion: { values } }
    }),
  )
}

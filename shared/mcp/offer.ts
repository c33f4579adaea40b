import type {
  CallToolResult,
  GetPromptResult,
  ListResourcesResult,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplate,
  Tool,
} from '@modelcontextprotocol/sdk/types.js'

/** Where a long call is: told to a client that gave a token for it, and awaited before the next step. */
export type Step = { progress: number; total?: number; message?: string }
export type OnStep = (step: Step) => Promise<void>

export type McpTool = {
  name: string
  /** Whether the actor sees it in the list; a call of one that it does not see is answered with the reason. */
  isListed: boolean
  describe: () => Tool
  call: (given: unknown, onStep: OnStep) => Promise<CallToolResult>
}

export type McpResource = { resource: Resource; read: () => Promise<ReadResourceResult> }

/** Many resources under one URI template, RFC 6570. */
export type McpTemplate = {
  template: ResourceTemplate
  /** A page of those that there are; no more when the result has no `nextCursor`. */
  list: (cursor: string | undefined) => Promise<ListResourcesResult>
  read: (uri: string, variables: Readonly<Record<string, string | string[]>>) => Promise<ReadResourceResult>
}

export type McpPrompt = {
  prompt: Prompt
  get: (given: unknown) => GetPromptResult
  /** Values that an argument may have, best first. */
  complete: (argument: string, begun: string) => Promise<string[]>
}

/** All that a server offers to one caller. */
export type McpOffer = {
  tools: readonly McpTool[]
  resources: readonly McpResource[]
  templates: readonly McpTemplate[]
  prompts: readonly McpPrompt[]
}

/** Both, the first one's first. */
export const joined = (one: McpOffer, other: McpOffer): McpOffer => ({
  tools: [...one.tools, ...other.tools],
  resources: [...one.resources, ...other.resources],
  templates: [...one.templates, ...other.templates],
  prompts: [...one.prompts, ...other.prompts],
})

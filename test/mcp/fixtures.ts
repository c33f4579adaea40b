import type { CallToolResult, ContentBlock, PromptMessage, Tool } from '@modelcontextprotocol/sdk/types.js'
import * as z from 'zod'
import type { McpOffer, McpPrompt, McpResource, McpTemplate, McpTool, OnStep } from '../../shared/mcp/offer.ts'

/** One red pixel, and a WAV without a sample. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=='
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA='

const text = (said: string): ContentBlock & { type: 'text' } => ({ type: 'text', text: said })
const image = { type: 'image', data: PNG, mimeType: 'image/png' } as const
const embedded = (uri: string, mimeType: string, said: string) =>
  ({ type: 'resource', resource: { uri, mimeType, text: said } }) as const

/** A tool that takes nothing, unless it says what. */
const tool = (
  name: string,
  answer: (onStep: OnStep) => Promise<CallToolResult>,
  inputSchema: Tool['inputSchema'] = { type: 'object' },
): McpTool => ({
  name,
  isListed: true,
  describe: () => ({ name, description: `Fixture ${name}.`, inputSchema }),
  call: (_, onStep) => answer(onStep),
})
const answering = (name: string, ...content: ContentBlock[]): McpTool => tool(name, async () => ({ content }))

const resource = (uri: string, mimeType: string, held: { text: string } | { blob: string }): McpResource => ({
  resource: { uri, name: uri, description: `Fixture ${uri}.`, mimeType },
  read: async () => ({ contents: [{ uri, mimeType, ...held }] }),
})

const template: McpTemplate = {
  template: { uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' },
  list: async () => ({ resources: [] }),
  read: async (uri, { id }) => {
    const body = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` })
    return { contents: [{ uri, mimeType: 'application/json', text: body }] }
  },
}

const Texts = z.record(z.string(), z.string())
type Content = PromptMessage['content']
/** A prompt with these arguments, all required; a client completes none of them. */
const prompt = (name: string, names: string[], write: (given: Record<string, string>) => Content[]): McpPrompt => ({
  prompt: { name, description: `Fixture ${name}.`, arguments: names.map((each) => ({ name: each, required: true })) },
  get: (given) => ({ messages: write(Texts.parse(given)).map((content) => ({ role: 'user', content })) }),
  complete: async () => [],
})

/** What the conformance suite asks of a server by name. */
export const FIXTURES: McpOffer = {
  tools: [
    answering('test_simple_text', text('This is a simple text response for testing.')),
    answering('test_image_content', image),
    answering('test_audio_content', { type: 'audio', data: WAV, mimeType: 'audio/wav' }),
    answering(
      'test_embedded_resource',
      embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.'),
    ),
    answering(
      'test_multiple_content_types',
      text('Multiple content types test:'),
      image,
      embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
    ),
    tool('test_error_handling', async () => ({
      isError: true,
      content: [text('This tool intentionally returns an error for testing')],
    })),
    tool('test_tool_with_progress', async (onStep) => {
      for (const progress of [0, 50, 100]) await onStep({ progress, total: 100 })
      return { content: [text('Done.')] }
    }),
    tool('json_schema_2020_12_tool', async () => ({ content: [text('Done.')] }), {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: { address: { type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } } },
      properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
      additionalProperties: false,
    }),
  ],
  resources: [
    resource('test://static-text', 'text/plain', { text: 'This is the content of the static text resource.' }),
    resource('test://static-binary', 'image/png', { blob: PNG }),
  ],
  templates: [template],
  prompts: [
    prompt('test_simple_prompt', [], () => [text('This is a simple prompt for testing.')]),
    prompt('test_prompt_with_arguments', ['arg1', 'arg2'], ({ arg1, arg2 }) => [
      text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`),
    ]),
    prompt('test_prompt_with_embedded_resource', ['resourceUri'], ({ resourceUri = '' }) => [
      embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'),
      text('Please process the embedded resource above.'),
    ]),
    prompt('test_prompt_with_image', [], () => [image, text('Please analyze the image above.')]),
  ],
}

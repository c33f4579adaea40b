import type { Tool } from '@modelcontextprotocol/sdk/types.js'

type Schema = NonNullable<Tool['outputSchema']>

const COMPLETE = {
  type: 'boolean',
  description: 'false: there is more than this; the rest comes with `next_cursor` or a larger `limit`.',
}

/** First, so that it is read before a long list. An answer is whole unless it has a next page or says that it left something out. */
export const withCompleteness = (answer: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  complete: !Object.entries(answer).some(([name, value]) => tellsOfMore(name, value)),
  ...answer,
})

const tellsOfMore = (name: string, value: unknown): boolean =>
  name === 'next_cursor' ? value !== null : name.endsWith('_left_out') && value !== 0

export const completenessIn = (schema: Schema): Schema => ({
  ...schema,
  properties: { complete: COMPLETE, ...schema.properties },
  required: ['complete', ...(schema.required ?? [])],
})

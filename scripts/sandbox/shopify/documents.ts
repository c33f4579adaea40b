import { buildSchema, type DocumentNode, GraphQLError, parse, validate } from 'graphql'
import { inShopifyWords, QueryRejected } from './errors.ts'
import { type Compiled, compile } from './plan.ts'
import { SDL } from './schema.graphql.ts'

export const schema = buildSchema(SDL)
const compiledByText = new Map<string, Compiled>()
const CACHE_SIZE = 500

export type Document = { query: string; operationName: string | null }

function parsed(text: string): DocumentNode {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof GraphQLError)
      throw new QueryRejected([{ ...inShopifyWords(error), extensions: { code: 'syntaxError' } }])
    throw error
  }
}

/** A document checked against the schema and made ready to run; texts are kept. Throws QueryRejected. */
export function compiled({ query, operationName }: Document): Compiled {
  const key = `${operationName ?? ''}\n${query}`
  const known = compiledByText.get(key)
  if (known) return known
  const document = parsed(query)
  const errors = validate(schema, document)
  if (errors.length > 0) throw new QueryRejected(errors.map(inShopifyWords))
  const fresh = compile(schema, document, operationName)
  if (compiledByText.size >= CACHE_SIZE) compiledByText.clear()
  compiledByText.set(key, fresh)
  return fresh
}

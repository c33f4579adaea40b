import { buildSchema, type DocumentNode, GraphQLError, getVariableValues, parse, validate } from 'graphql'
import { isIncluded } from './arguments.ts'
import { MAX_COST, requestedCost } from './cost.ts'
import { inShopifyWords, QueryRejected, rejected } from './errors.ts'
import { type Compiled, compile } from './plan.ts'
import { shape } from './project.ts'
import { ROOTS, type RootRun } from './roots.ts'
import { SDL } from './schema.graphql.ts'

const schema = buildSchema(SDL)
const compiledByText = new Map<string, Compiled>()
const CACHE_SIZE = 500

export type Query = { query: string; variables: Record<string, unknown>; operationName: string | null }

/** Ready to run: what it is and what it would cost. */
export type Prepared = Compiled & { variables: Record<string, unknown>; requested: number }

function parsed(text: string): DocumentNode {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof GraphQLError)
      throw new QueryRejected([{ ...inShopifyWords(error), extensions: { code: 'syntaxError' } }])
    throw error
  }
}

function compiled({ query, operationName }: Query): Compiled {
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

/** Checks a query against the schema, its variables and the cost cap. Throws QueryRejected. */
export function prepare(query: Query): Prepared {
  const known = compiled(query)
  const { variableValues, errors } = getVariableValues(
    schema,
    known.operation.variableDefinitions ?? [],
    query.variables,
  )
  if (errors)
    throw new QueryRejected(
      errors.map((error) => ({ ...inShopifyWords(error), extensions: { code: 'INVALID_VARIABLE' } })),
    )
  const variables = { ...variableValues.coerced }
  const requested = requestedCost(known.plan, variables)
  if (requested > MAX_COST) {
    const message = `Query cost is ${requested}, which exceeds the single query max cost limit (${MAX_COST}).`
    const documentation = 'https://shopify.dev/api/usage/rate-limits'
    throw rejected(message, { code: 'MAX_COST_EXCEEDED', cost: requested, maxCost: MAX_COST, documentation })
  }
  return { ...known, variables, requested }
}

/** The query's `data`; `run.spent` then holds its actual cost. */
export function execute(prepared: Prepared, run: RootRun): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const selection of prepared.plan) {
    if (!isIncluded(selection, run.variables)) continue
    const root = ROOTS[selection.name]
    data[selection.key] = root
      ? shape(root(selection, run), selection, run)
      : selection.kind === 'typename'
        ? 'QueryRoot'
        : null
  }
  return data
}

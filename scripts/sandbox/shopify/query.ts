import { getVariableValues } from 'graphql'
import { isIncluded } from './arguments.ts'
import { MAX_COST, mutationCost, requestedCost } from './cost.ts'
import { compiled, type Document, schema } from './documents.ts'
import { inShopifyWords, QueryRejected, rejected } from './errors.ts'
import { MUTATIONS } from './mutations.ts'
import type { Compiled } from './plan.ts'
import { shape } from './project.ts'
import { ROOTS, type RootRun } from './roots.ts'

export type Query = Document & { variables: Record<string, unknown> }

/** Ready to run: what it is and what it would cost. */
export type Prepared = Compiled & { variables: Record<string, unknown>; requested: number }

const isMutation = ({ operation }: Compiled): boolean => operation.operation === 'mutation'

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
  const requested = isMutation(known) ? mutationCost(known.plan) : requestedCost(known.plan, variables)
  if (requested > MAX_COST) {
    const message = `Query cost is ${requested}, which exceeds the single query max cost limit (${MAX_COST}).`
    const documentation = 'https://shopify.dev/api/usage/rate-limits'
    throw rejected(message, { code: 'MAX_COST_EXCEEDED', cost: requested, maxCost: MAX_COST, documentation })
  }
  return { ...known, variables, requested }
}

/** The query's `data`; `run.spent` then holds its actual cost. */
export function execute(prepared: Prepared, run: RootRun): Record<string, unknown> {
  const [roots, typename] = isMutation(prepared) ? [MUTATIONS, 'Mutation'] : [ROOTS, 'QueryRoot']
  const data: Record<string, unknown> = {}
  for (const selection of prepared.plan) {
    if (!isIncluded(selection, run.variables)) continue
    const root = roots[selection.name]
    data[selection.key] = root
      ? shape(root(selection, run), selection, run)
      : selection.kind === 'typename'
        ? typename
        : null
  }
  if (isMutation(prepared)) run.spent = prepared.requested
  return data
}

import * as z from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import type { ShopifyClient } from '../../client.ts'
import { Gid, Instant, parsed } from '../../rows/scalars.ts'
import { bulkOrdersText } from '../queries.ts'

/** Points of any mutation, and of a look at an operation. */
const MUTATION_POINTS = 10
const LOOK_POINTS = 1

const BEGIN = `mutation ($query: String!) { bulkOperationRunQuery(query: $query, groupObjects: true) {
  bulkOperation { id } userErrors { message code } } }`
const LOOK = 'query ($id: ID!) { bulkOperation(id: $id) { status errorCode createdAt objectCount url } }'
const CANCEL = 'mutation ($id: ID!) { bulkOperationCancel(id: $id) { userErrors { message } } }'

const UserError = z.object({ message: z.string(), code: z.string().nullish() })
const Begun = z.object({
  bulkOperationRunQuery: z.object({
    bulkOperation: z.object({ id: Gid }).nullable(),
    userErrors: z.array(UserError),
  }),
})
const Operation = z.object({
  status: z.string(),
  errorCode: z.string().nullish(),
  createdAt: Instant.nullish(),
  objectCount: z
    .string()
    .regex(/^\d{1,15}$/)
    .nullish(),
  url: z.string().nullish(),
})
const Looked = z.object({ bulkOperation: Operation.nullable() })

const isBusy = ({ code, message }: z.output<typeof UserError>): boolean =>
  code === 'OPERATION_IN_PROGRESS' || code === 'LIMIT_REACHED' || message.includes('already in progress')

/**
 * Begins an operation for the orders of a search. busy: as many run as may; refused: Shopify does not run it, and says why.
 * A request whose answer was lost is sent again: an operation that nobody knows of only reads, and ends by itself.
 */
export async function begin(
  client: ShopifyClient,
  filter: string,
): Promise<{ job: string } | 'busy' | { refused: string }> {
  const variables = { query: bulkOrdersText(filter) }
  try {
    const answer = parsed(Begun, await client.query({ text: BEGIN, variables, points: MUTATION_POINTS }))
    const { bulkOperation, userErrors } = answer.bulkOperationRunQuery
    const [error] = userErrors
    if (error) return isBusy(error) ? 'busy' : { refused: error.code ?? 'unknown' }
    if (bulkOperation) return { job: bulkOperation.id }
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'PROVIDER_REJECTED') return { refused: thrown.code }
    throw thrown
  }
  throw new AppError('PROVIDER_BAD_RESPONSE', 'Shopify neither began a bulk operation nor said why not.')
}

/** `objects` is how many lines the file has. */
export type Look =
  | { state: 'working'; since: Date | null }
  | { state: 'empty' }
  | { state: 'done'; url: string; objects: number }
  /** too_long: half as many orders may do. */
  | { state: 'failed' | 'too_long' }

const UNDER_WAY = ['CREATED', 'RUNNING', 'CANCELING']

/** How far an operation is. What it left of a file when it failed is never used. Throws PROVIDER_PERMISSION. */
export async function look(client: ShopifyClient, id: string): Promise<Look> {
  const { bulkOperation } = parsed(Looked, await client.query({ text: LOOK, variables: { id }, points: LOOK_POINTS }))
  return bulkOperation ? meaningOf(bulkOperation) : { state: 'failed' }
}

function meaningOf({ status, errorCode, createdAt, objectCount, url }: z.output<typeof Operation>): Look {
  if (status === 'ACCESS_DENIED' || errorCode === 'ACCESS_DENIED')
    throw new AppError('PROVIDER_PERMISSION', 'Shopify refuses to export orders: grant the app the scopes it asks for.')
  if (UNDER_WAY.includes(status)) return { state: 'working', since: createdAt ? new Date(createdAt) : null }
  if (status !== 'COMPLETED') return { state: errorCode === 'TIMEOUT' ? 'too_long' : 'failed' }
  if (url && objectCount) return { state: 'done', url, objects: Number(objectCount) }
  return { state: objectCount === '0' ? 'empty' : 'failed' }
}

/** Whatever it answers, the operation is not waited for any more. */
export async function cancel(client: ShopifyClient, id: string): Promise<void> {
  await client.query({ text: CANCEL, variables: { id }, points: MUTATION_POINTS })
}

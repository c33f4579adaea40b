import { isInterfaceType, isObjectType } from 'graphql'
import { compiled, schema } from '../documents.ts'
import { QueryRejected } from '../errors.ts'
import type { Plan, Selection } from '../plan.ts'
import { LISTINGS } from '../roots.ts'

/** What one line of the file holds: the node's own fields, and which lists below it become lines of their own. */
export type LinePlan = { type: string; fields: Plan; lists: readonly { selection: Selection; line: LinePlan }[] }
export type BulkQuery = { root: Selection; line: LinePlan }
type Refused = { refused: string }

const MAX_CONNECTIONS = 5
const MAX_DEPTH = 2

type Found = { nodeType: string; depth: number; inList: boolean }

const nodeOf = ({ plan }: Selection): Selection | undefined =>
  plan.find(({ name }) => name === 'edges')?.plan.find(({ name }) => name === 'node') ??
  plan.find(({ name }) => name === 'nodes')

/** Every connection of the query, with how many it lies in and whether a plain list is among what it lies in. */
const connectionsIn = (plan: Plan, at: { depth: number; inList: boolean }): Found[] =>
  plan.flatMap((selection) => {
    if (selection.kind !== 'connection')
      return connectionsIn(selection.plan, { ...at, inList: at.inList || selection.kind === 'list' })
    const node = nodeOf(selection)
    const depth = at.depth + 1
    const own = { nodeType: node?.type ?? '', depth, inList: at.inList }
    return [own, ...connectionsIn(node?.plan ?? [], { depth, inList: at.inList })]
  })

function isNode(name: string): boolean {
  const type = schema.getType(name)
  return (isObjectType(type) || isInterfaceType(type)) && type.getInterfaces().some((one) => one.name === 'Node')
}

function refusalOf(plan: Plan): string | null {
  if (plan.some(({ name }) => name === 'node' || name === 'nodes'))
    return 'Bulk queries cannot contain a top level `node` or `nodes` field.'
  if (plan.length !== 1) return 'Bulk queries must contain exactly one top level field.'
  const found = connectionsIn(plan, { depth: 0, inList: false })
  if (found.length === 0) return 'Bulk queries must contain at least one connection.'
  if (found.length > MAX_CONNECTIONS) return `Bulk queries cannot contain more than ${MAX_CONNECTIONS} connections.`
  if (found.some(({ depth }) => depth > MAX_DEPTH))
    return `Bulk queries cannot contain connections with a nesting depth greater than ${MAX_DEPTH}.`
  if (found.some(({ inList }) => inList))
    return 'Queries that contain a connection field within a list field are not currently supported.'
  const other = found.find(({ nodeType }) => !isNode(nodeType))
  return other ? `The nodes of a connection must implement the Node interface; ${other.nodeType} does not.` : null
}

function linePlan(connection: Selection): LinePlan {
  const node = nodeOf(connection)
  const plan = node?.plan ?? []
  return {
    type: node?.type ?? '',
    fields: plan.filter(({ kind }) => kind !== 'connection'),
    lists: plan
      .filter(({ kind }) => kind === 'connection')
      .map((selection) => ({ selection, line: linePlan(selection) })),
  }
}

/** A bulk query, or why Shopify would not run it. Sandboxed are lists of nodes with lists directly below these. */
export function readBulkQuery(query: string): BulkQuery | Refused {
  try {
    const { plan } = compiled({ query, operationName: null })
    const refused = refusalOf(plan)
    const [root] = plan
    if (refused !== null) return { refused }
    if (!root || !LISTINGS[root.name]) return { refused: 'The sandbox cannot run this bulk query.' }
    return { root, line: linePlan(root) }
  } catch (error) {
    if (error instanceof QueryRejected) return { refused: `Invalid bulk query: ${error.message}` }
    throw error
  }
}

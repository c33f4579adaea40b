import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import { rejected } from './errors.ts'

export type Kinds = 'typename' | 'leaf' | 'object' | 'list' | 'connection'

/** One selected field, made ready so that a row is projected without looking at the query or schema again. */
export type Selection = {
  key: string
  name: string
  /** `Type.field`, for fields that are not plain members. */
  path: string
  kind: Kinds
  /** Named type of the field. */
  type: string
  args: ReadonlyMap<string, ValueNode>
  /** Concrete types it applies to; null: all. */
  only: ReadonlySet<string> | null
  conditions: readonly { value: ValueNode; wanted: boolean }[]
  plan: Plan
}
export type Plan = readonly Selection[]

export type Compiled = { operation: OperationDefinitionNode; plan: Plan }

type Scope = { type: GraphQLCompositeType; only: ReadonlySet<string> | null }
type Found = Scope & { nodes: FieldNode[] }
type Compiler = { schema: GraphQLSchema; document: DocumentNode }

function fragmentOf({ document }: Compiler, name: string) {
  const fragment = document.definitions.find((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name)
  return fragment?.kind === Kind.FRAGMENT_DEFINITION ? fragment : null
}

function narrowed({ schema }: Compiler, scope: Scope, condition: string | undefined): Scope {
  const type = condition === undefined ? scope.type : schema.getType(condition)
  if (!isCompositeType(type) || type === scope.type) return scope
  if (isObjectType(scope.type)) return { type, only: scope.only }
  const names = isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [type.name]
  return { type, only: new Set(names.filter((name) => scope.only?.has(name) ?? true)) }
}

function collect(compiler: Compiler, set: SelectionSetNode, into: { scope: Scope; found: Map<string, Found> }): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const key = `${selection.alias?.value ?? selection.name.value}|${[...(into.scope.only ?? [])].join()}`
      const known = into.found.get(key)
      if (known) known.nodes.push(selection)
      else into.found.set(key, { ...into.scope, nodes: [selection] })
      continue
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(compiler, selection.name.value)
    if (!fragment) continue
    collect(compiler, fragment.selectionSet, {
      ...into,
      scope: narrowed(compiler, into.scope, fragment.typeCondition?.name.value),
    })
  }
}

function conditionsOf(node: FieldNode): Selection['conditions'] {
  return (node.directives ?? []).flatMap((directive) => {
    const value = directive.arguments?.find(({ name }) => name.value === 'if')?.value
    return value ? [{ value, wanted: directive.name.value === 'include' }] : []
  })
}

function select(compiler: Compiler, { type, only, nodes }: Found): Selection[] {
  const [node] = nodes
  if (!node) return []
  const name = node.name.value
  const args = new Map((node.arguments ?? []).map((argument) => [argument.name.value, argument.value]))
  const common = {
    key: node.alias?.value ?? name,
    name,
    path: `${type.name}.${name}`,
    args,
    only,
    conditions: conditionsOf(node),
  }
  if (name === '__typename') return [{ ...common, kind: 'typename', type: type.name, plan: [] }]
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined
  if (!field) return []
  const named = getNamedType(field.type)
  if (!isCompositeType(named)) return [{ ...common, kind: 'leaf', type: named.name, plan: [] }]
  const found = new Map<string, Found>()
  for (const { selectionSet } of nodes) {
    if (selectionSet) collect(compiler, selectionSet, { scope: { type: named, only: null }, found })
  }
  const plan = [...found.values()].flatMap((one) => select(compiler, one))
  const kind = isListType(getNullableType(field.type))
    ? 'list'
    : named.name.endsWith('Connection')
      ? 'connection'
      : 'object'
  return [{ ...common, kind, type: named.name, plan }]
}

/** Makes a validated document ready to run. Throws QueryRejected for subscriptions and unknown operation names. */
export function compile(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): Compiled {
  const operation = getOperationAST(document, operationName)
  if (!operation) throw rejected(`No operation named "${operationName}"`, { code: 'operationNotFound' })
  const root = schema.getRootType(operation.operation)
  if (!root) throw rejected('Schema is not configured for subscriptions', { code: 'missingSubscription' })
  const found = new Map<string, Found>()
  const compiler = { schema, document }
  collect(compiler, operation.selectionSet, { scope: { type: root, only: null }, found })
  return { operation, plan: [...found.values()].flatMap((one) => select(compiler, one)) }
}

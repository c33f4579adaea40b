import * as z from 'zod'
import { invalidParameter } from './errors.ts'
import type { GraphObject } from './objects.ts'
import { jsonParameter, type Parameters } from './parameters.ts'

const Statuses = z.array(z.string()).min(1)
const Filters = z.array(z.object({ field: z.string(), operator: z.string(), value: z.unknown() }))
/** What Meta leaves out unless the call asks for these states. */
const HIDDEN = new Set(['ARCHIVED', 'DELETED'])
const CAMPAIGN_STATES = ['ACTIVE', 'PAUSED', 'DELETED', 'ARCHIVED', 'IN_PROCESS', 'WITH_ISSUES']
const STATES = { campaign: CAMPAIGN_STATES, adset: [...CAMPAIGN_STATES, 'CAMPAIGN_PAUSED'] }

type Test = (object: GraphObject) => boolean

/** Keeps the objects that `effective_status` and `filtering` ask for; without a status no archived or deleted ones. */
export function objectFilter(query: Parameters, kind: 'campaign' | 'adset'): Test {
  const statuses = jsonParameter(query, 'effective_status', Statuses, 'Param effective_status must be an array')
  const unknown = statuses?.find((status) => !STATES[kind].includes(status))
  if (unknown !== undefined)
    throw invalidParameter(`Param effective_status must be one of {${STATES[kind].join(', ')}}`)
  const filters = jsonParameter(query, 'filtering', Filters, 'Param filtering must be an array') ?? []
  const tests = filters.map((filter) => testOf(filter, kind))
  if (statuses) tests.push(hasStatus(statuses))
  const asksStatus = statuses !== null || filters.some(({ field }) => bare(field, kind) === 'effective_status')
  if (!asksStatus) tests.push((object) => !HIDDEN.has(String(object.effective_status)))
  return (object) => tests.every((test) => test(object))
}

function testOf(filter: z.infer<typeof Filters>[number], kind: string): Test {
  const field = bare(filter.field, kind)
  const statuses = Statuses.safeParse(filter.value)
  if (field === 'effective_status' && filter.operator === 'IN' && statuses.success) return hasStatus(statuses.data)
  const seconds = z.coerce.number().int().safeParse(filter.value)
  if (field === 'updated_time' && filter.operator === 'GREATER_THAN' && seconds.success) {
    return (object) => Date.parse(String(object.updated_time)) > seconds.data * 1000
  }
  throw invalidParameter(`Filtering field '${filter.field}' with operation '${filter.operator}' is not supported`)
}

const bare = (field: string, kind: string) => field.replace(`${kind}.`, '')

const hasStatus =
  (statuses: readonly string[]): Test =>
  (object) =>
    statuses.includes(String(object.effective_status))

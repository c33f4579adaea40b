import { queryError } from './errors.ts'
import type { Condition, Query } from './gaql.ts'

/** A result row as JSON: resources by name, each with its fields. */
export type ResultRow = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>

const named = (resource: string, fields: string): string[] => fields.split(' ').map((field) => `${resource}.${field}`)

const CUSTOMER = named(
  'customer',
  'resource_name id descriptive_name currency_code time_zone manager test_account status auto_tagging_enabled',
)
const CAMPAIGN = [
  ...named('campaign', 'resource_name id name status advertising_channel_type start_date_time end_date_time'),
  ...named('campaign_budget', 'resource_name id amount_micros total_amount_micros period'),
]
const CUSTOMER_CLIENT = named(
  'customer_client',
  'resource_name id descriptive_name manager level status currency_code time_zone hidden test_account client_customer',
)
/** Which go with conversions only, and not beside cost, clicks and impressions. */
const CONVERSIONS = named('metrics', 'conversions conversions_value all_conversions all_conversions_value')
const DELIVERY = named('metrics', 'cost_micros impressions clicks view_through_conversions')
export const DATE = 'segments.date'
export const CATEGORY = 'segments.conversion_action_category'

const FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  customer: new Set([...CUSTOMER, ...CONVERSIONS, ...DELIVERY, DATE]),
  campaign: new Set([...CUSTOMER, ...CAMPAIGN, ...CONVERSIONS, ...DELIVERY, DATE, CATEGORY]),
  customer_client: new Set([...CUSTOMER_CLIENT, ...CUSTOMER]),
}

export const namesMetrics = ({ select }: Query): boolean => select.some((field) => field.startsWith('metrics.'))

/** Throws queryError for what Google refuses, and for what the sandbox has no rows for. */
export function checkFields(query: Query): void {
  const known = FIELDS[query.from]
  if (!known) throw queryError('BAD_RESOURCE_TYPE_IN_FROM_CLAUSE', `'${query.from}' is not a valid resource name.`)
  const named = [...query.select, ...query.where.map(({ field }) => field)]
  const unknown = named.find((field) => !known.has(field))
  if (unknown) throw queryError('UNRECOGNIZED_FIELD', `Unrecognized field in the query: '${unknown}'.`)
  checkSegments(query)
}

function checkSegments({ select, where }: Query): void {
  const filtered = new Set(where.map(({ field }) => field))
  if (filtered.has(CATEGORY) && !select.includes(CATEGORY))
    throw queryError('EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE', `'${CATEGORY}' must be in the SELECT clause.`)
  if (select.includes(CATEGORY) && select.some((field) => DELIVERY.includes(field)))
    throw queryError(
      'PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE',
      `'${CATEGORY}' cannot be selected with cost, clicks or impressions.`,
    )
  const reports = select.some((field) => field.startsWith('metrics.') || field.startsWith('segments.'))
  if (!reports) return
  if (!select.includes(DATE)) throw queryError('UNEXPECTED_INPUT', 'The sandbox reports by day: select segments.date.')
  if (!where.some(({ field, operator }) => field === DATE && operator !== '!='))
    throw queryError('EXPECTED_FILTERS_ON_DATE_RANGE', 'A finite date range is needed in the WHERE clause.')
}

/** `campaign_budget.amount_micros` → ['campaignBudget', 'amountMicros'] */
const pathOf = (field: string): readonly [string, string] => {
  const [resource = '', name = ''] = field.split('.')
  return [camel(resource), camel(name)]
}
const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
export const fieldMask = ({ select }: Query): string => select.map((field) => pathOf(field).join('.')).join(',')

/** Whether a row meets all conditions; a field that it lacks meets none. */
export function filterOf({ where }: Query): (row: ResultRow) => boolean {
  const checks = where.map((condition) => ({ condition, path: pathOf(condition.field) }))
  return (row) => checks.every(({ condition, path: [resource, name] }) => meets(condition, row[resource]?.[name]))
}

function meets(condition: Condition, value: unknown): boolean {
  const text = typeof value === 'string' ? value : String(value).toUpperCase()
  if (condition.operator === 'BETWEEN') return condition.from <= text && text <= condition.to
  const equal = text === condition.value || text === condition.value.toUpperCase()
  return condition.operator === '=' ? equal : value !== undefined && !equal
}

/** The selected fields as Google sends them: resource names always, fields that are not set or zero left out. */
export const projection = (query: Query): ((row: ResultRow) => object) => {
  const paths = query.select.map(pathOf)
  const resources = [...new Set([camel(query.from), ...paths.map(([resource]) => resource)])]
  return (row) =>
    Object.fromEntries(
      resources.map((resource) => {
        const held = row[resource] ?? {}
        const names = ['resourceName', ...paths.flatMap(([of, name]) => (of === resource ? [name] : []))]
        return [
          resource,
          Object.fromEntries(names.map((name) => [name, held[name]]).filter(([, value]) => isSet(value))),
        ]
      }),
    )
}

const UNSET = new Set<unknown>([undefined, null, '', '0', 0, false])
const isSet = (value: unknown): boolean => !UNSET.has(value)

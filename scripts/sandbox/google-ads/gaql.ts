import { queryError } from './errors.ts'

/** One query of the Google Ads Query Language, as far as the sandbox serves it: no ORDER BY, LIMIT, IN or LIKE. */
export type Query = { select: readonly string[]; from: string; where: readonly Condition[] }
/** All values as text; BETWEEN includes both ends. */
export type Condition =
  | { field: string; operator: '=' | '!='; value: string }
  | { field: string; operator: 'BETWEEN'; from: string; to: string }

const QUERY = /^\s*SELECT\s+([\w.,\s]+?)\s+FROM\s+(\w+)(?:\s+WHERE\s+(.+?))?\s*$/is
const VALUE = `('[^']*'|"[^"]*"|[\\w.+-]+)`
const CONDITION = new RegExp(
  `\\s*([\\w.]+)\\s*(?:(=|!=)\\s*${VALUE}|(BETWEEN)\\s+${VALUE}\\s+AND\\s+${VALUE})\\s*(AND\\b|$)`,
  'iy',
)

/** Throws queryError for whatever is not understood: a condition that is left out would lie. */
export function parseQuery(text: string): Query {
  const [, fields = '', from = '', conditions] = QUERY.exec(text) ?? []
  if (from === '') throw queryError('UNEXPECTED_INPUT', 'Error in query: unexpected input.')
  const select = fields.split(',').map((field) => field.trim())
  const empty = select.some((field) => !/^[a-z_]+(\.[a-z_]+)+$/.test(field))
  if (empty) throw queryError('INVALID_FIELD_NAME', 'Error in query: expected field names in the SELECT clause.')
  return { select, from, where: conditions === undefined ? [] : parseConditions(conditions) }
}

function parseConditions(text: string): Condition[] {
  const found: Condition[] = []
  let more = true
  CONDITION.lastIndex = 0
  while (more) {
    const match = CONDITION.exec(text)
    if (!match) throw queryError('INVALID_WHERE_CLAUSE', 'Error in query: unexpected input in the WHERE clause.')
    const [, field = '', operator, value = '', between, from = '', to = '', end = ''] = match
    if (between !== undefined) found.push({ field, operator: 'BETWEEN', from: unquoted(from), to: unquoted(to) })
    else found.push({ field, operator: operator === '=' ? '=' : '!=', value: unquoted(value) })
    more = end !== ''
  }
  return found
}

const unquoted = (text: string): string => text.replace(/^(['"])(.*)\1$/s, '$2')

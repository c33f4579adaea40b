import type { Shown } from './conversation.ts'

/** `name`: the reference of the words that name it. */
export type Row = { row: string; name: string | null; figures: Shown['figures'] }

/** `r1.rows.0.net` stands in the row `r1.rows.0`. */
export const rowOf = (ref: string): string | null => /^(.*?\.\d+)\.[^.]/.exec(ref)?.[1] ?? null
export const isChange = (ref: string): boolean => /\.(change|previous)$/.test(ref)
export const refTo = (ref: string): string => `[[${ref}]]`
/** The metric's name as the label begins. */
export const nameOf = (label: string): string => (label.split(/ · |, /)[0] ?? label).replace(/\s*\d.*$/, '')
/** NaN where there is none. */
export const numberIn = (text = ''): number =>
  Number(/-?[\d,]+(\.\d+)?/.exec(text)?.[0].replaceAll(',', '') ?? Number.NaN)

/** In the result's order, without what the rows are compared with. */
export function rowsOf({ figures, words }: Shown): Row[] {
  const rows = [...new Set([...figures.map(([ref]) => rowOf(ref)), ...words.map(([ref]) => rowOf(ref))])]
  return rows.flatMap((row) => {
    if (row === null) return []
    const named = NAMES.map((key) => words.find(([ref]) => ref === `${row}.${key}`)).find((each) => each !== undefined)
    return [{ row, name: named?.[0] ?? null, figures: figures.filter(([ref]) => rowOf(ref) === row && !isChange(ref)) }]
  })
}

const NAMES = [
  'label',
  'name',
  'title',
  'product',
  'key',
  'provider',
  'bucket',
  'account_name',
  'since',
  'day',
  'month',
]

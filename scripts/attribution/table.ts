import type { Earned } from '../../shared/attribution/path-models.ts'

export type Results = Readonly<Record<string, ReadonlyMap<string, Earned>>>

const UNITS = ['conversions', 'value'] as const

/** A table of conversions and one of values: a row per channel, a column per model, two decimals. */
export const tables = (results: Results): string => UNITS.map((unit) => table(results, unit)).join('\n\n')

function table(results: Results, unit: (typeof UNITS)[number]): string {
  const models = Object.keys(results)
  const channels = [...(Object.values(results)[0]?.keys() ?? [])]
  const rows = [
    [unit, ...models],
    ...channels.map((channel) => [
      channel.replace(/\p{Cc}/gu, ' '), // a name must not move the cursor
      ...models.map((model) => (results[model]?.get(channel)?.[unit] ?? 0).toFixed(2)),
    ]),
  ]
  const widths = [unit, ...models].map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const padded = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map((row) => row.map(padded).join('  ').trimEnd()).join('\n')
}

import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

export type Machine = ReturnType<typeof machine>

/** What the figures were measured on; a load above zero before the start means that others used the processors. */
export const machine = (postgres: string) => ({
  processors: availableParallelism(),
  model: cpus()[0]?.model ?? 'unknown',
  memory_gb: Math.round(totalmem() / 1e9),
  node: process.version,
  postgres,
  load_before: loadavg()[0] ?? 0,
})

export const machineLine = (on: Machine): string =>
  `${on.processors} x ${on.model}, ${on.memory_gb} GB, Node ${on.node}, PostgreSQL ${on.postgres}, load before ${on.load_before.toFixed(2)}`

/** The first column to the left, figures to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  const pad = (cell: string, at: number): string =>
    at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0)
  console.log()
  for (const row of rows) console.log(`  ${row.map(pad).join('  ')}`)
  console.log()
}

export async function writeJson(file: string | null, content: unknown): Promise<void> {
  if (file !== null) await writeFile(file, `${JSON.stringify(content, null, 2)}\n`)
}

export const progress = (what: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${what}`)

/** The lower of the two middle values for an even count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en')

/** The smallest value that this share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

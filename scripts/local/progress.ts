import type { ConnectionProgress } from './hour.ts'

const BAR_WIDTH = 24

export type ProgressDisplay = { show(progress: readonly ConnectionProgress[]): void; end(): void }

/** One bar per connection, redrawn in place on a terminal; elsewhere one line whenever a connection is done. */
export function progressDisplay(output: NodeJS.WriteStream): ProgressDisplay {
  return output.isTTY ? bars(output) : lines(output)
}

function bars(output: NodeJS.WriteStream): ProgressDisplay {
  let drawn = 0
  return {
    show: (progress) => {
      const height = Math.max(1, output.rows - 2)
      const shown = progress.length <= height ? progress : progress.filter((each) => !each.done).slice(0, height)
      output.write(
        `${drawn > 0 ? `\x1b[${drawn}A` : ''}\x1b[J${shown.map((each) => `${fitted(barLine(each), output.columns)}\n`).join('')}`,
      )
      drawn = shown.length
    },
    end: () => output.write('\n'),
  }
}

/** A line that wraps would spoil the redrawing. */
const fitted = (line: string, columns: number | undefined): string =>
  columns === undefined ? line : line.slice(0, columns - 1)

function lines(output: NodeJS.WriteStream): ProgressDisplay {
  const told = new Set<string>()
  return {
    show: (progress) => {
      for (const each of progress) {
        if (!each.done || told.has(each.integration_id)) continue
        told.add(each.integration_id)
        output.write(`  ${barLine(each)}\n`)
      }
    },
    end: () => undefined,
  }
}

function barLine({ brand, platform, fraction, rows, done, status, stream, error }: ConnectionProgress): string {
  const filled = done ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.floor(fraction * BAR_WIDTH))
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
  const note = status === 'needs_reauth' ? 'needs re-authorisation' : (error ?? (done ? 'done' : stream))
  return `${bar} ${brand.slice(0, 22).padEnd(22)} ${platform.padEnd(10)} ${rows.toLocaleString('en').padStart(8)} rows  ${note}`
}

import { writeFile } from 'node:fs/promises'
import { runHour } from './local/hour.ts'
import { HELP, readOptions, type StartOptions } from './local/options.ts'
import { type Platform, startPlatform } from './local/platform.ts'
import { progressDisplay } from './local/progress.ts'
import { makeReport } from './local/report.ts'
import { loginLines, tableLines } from './local/table.ts'

const say = (line = ''): void => console.log(line)

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
const interrupted = new Promise<void>((resolve) => {
  let times = 0
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      times += 1
      if (times > 1) process.exit(130)
      resolve()
    })
  }
})

async function main(options: StartOptions): Promise<number> {
  const started = Date.now()
  const platform = await startPlatform(options, {
    step: (what) => say(`Starting ${what} …`),
    log: (line) => console.error(line),
  })
  say(`Ready after ${seconds(Date.now() - started)}.`)
  try {
    const failures = await Promise.race([hour(platform, options), interrupted.then(() => null)])
    if (failures === null) return 130
    if (options.once) return failures.length > 0 ? 1 : 0
    for (const line of loginLines(platform, options.stateDir)) say(line)
    await interrupted
    return 0
  } finally {
    say('\nStopping …')
    await platform.stop()
    say('Stopped; the next start goes on with the same data.')
  }
}

/** Runs the hour and says what it did; returns what failed, in words. */
async function hour(platform: Platform, options: StartOptions): Promise<string[]> {
  say('Running the hour:')
  const display = progressDisplay(process.stdout)
  const { durationMs, failures } = await runHour(platform, display.show)
  display.end()
  const report = await makeReport(platform, durationMs)
  for (const line of tableLines(report)) say(line)
  if (options.report) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`)
  if (options.report) say(`Report written to ${options.report}`)
  for (const failure of failures) say(`FAILED  ${failure}`)
  return failures
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

function options(): StartOptions {
  try {
    const read = readOptions(process.argv.slice(2))
    if (read !== 'help') return read
    say(HELP)
    process.exit(0)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nnpm start -- --help lists the options.`)
    process.exit(2)
  }
}

try {
  process.exit(await main(options()))
} catch (error) {
  for (let cause: unknown = error; cause; cause = cause instanceof Error ? cause.cause : undefined) {
    console.error(cause instanceof Error ? `\n${cause.message}` : cause)
  }
  process.exit(1)
}

import { constants } from 'node:fs'
import { access, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { runHour } from './local/hour.ts'
import { HELP, readOptions, type StartOptions } from './local/options.ts'
import { type Platform, startPlatform } from './local/platform.ts'
import { progressDisplay } from './local/progress.ts'
import { makeReport } from './local/report.ts'
import { loginLines, tableLines } from './local/table.ts'

// What is kept holds secrets: files that are made from here on are for their owner alone.
process.umask(0o077)

const say = (line = ''): void => console.log(line)

const SECOND_WISH_MS = 1_000
let stopAsked = false
let askedAt = 0
/** Resolves at the first Ctrl-C, SIGTERM or hang-up, or when npm, which started us, is gone; a second signal ends the process at once. */
const interrupted = new Promise<void>((resolve) => {
  const ask = (): void => {
    // npm passes on the signal that the terminal has sent us already: only a later one is a second wish.
    if (stopAsked && Date.now() - askedAt > SECOND_WISH_MS) process.exit(130)
    if (stopAsked) return
    stopAsked = true
    askedAt = Date.now()
    say('\nStopping …')
    resolve()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && !stopAsked && ask(), 1_000).unref()
})

async function main(options: StartOptions): Promise<number> {
  const started = Date.now()
  if (options.report) await assertWritable(options.report)
  // A step that has begun is finished, so that nothing is left half made; the next one then does not begin.
  const step = (what: string): void => {
    if (stopAsked) throw new Error('Stopped before everything had started.')
    say(`Starting ${what} …`)
  }
  const platform = await startPlatform(options, { step, log: (line) => console.error(line) })
  try {
    if (stopAsked) return 130
    say(`Ready after ${seconds(Date.now() - started)}.`)
    const failures = await Promise.race([hour(platform, options), interrupted.then(() => null)])
    if (failures === null) return 130
    if (options.once) return failures.length > 0 ? 1 : 0
    for (const line of loginLines(platform, options.stateDir)) say(line)
    await interrupted
    return 0
  } finally {
    if (!stopAsked) say('\nStopping …')
    await platform.stop()
    say('Stopped; the next start goes on with the same data.')
  }
}

/** Said before the hour, not after it. */
async function assertWritable(file: string): Promise<void> {
  await access(path.dirname(file), constants.W_OK).catch((cause: unknown) => {
    throw new Error(`--report: ${path.dirname(file)} is no folder that can be written to.`, { cause })
  })
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
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

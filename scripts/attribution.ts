import { createReadStream } from 'node:fs'
import { PATH_MODELS } from '../shared/attribution/path-models.ts'
import { csvRecords } from './attribution/csv.ts'
import { type AttributionOptions, HELP, readOptions } from './attribution/options.ts'
import { pathReader } from './attribution/paths.ts'
import { type Results, tables } from './attribution/table.ts'

const CHUNK_BYTES = 1 << 20

/** All models at once, in one pass over the file; what is kept does not grow with its rows. */
async function credit({ paths, models }: AttributionOptions): Promise<Results> {
  const credited = models.map((name) => ({ name, model: PATH_MODELS[name]() }))
  let read: ReturnType<typeof pathReader> | null = null
  for await (const records of csvRecords(createReadStream(paths, { encoding: 'utf8', highWaterMark: CHUNK_BYTES }))) {
    for (const record of records) {
      if (read === null) {
        read = pathReader(record)
        continue
      }
      const path = read(record)
      for (const { model } of credited) model.add(path)
    }
  }
  if (read === null) throw new Error('the file is empty')
  return Object.fromEntries(credited.map(({ name, model }) => [name, model.earned()]))
}

const asJson = (results: Results): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(results).map(([name, earned]) => [name, Object.fromEntries(earned)])),
    null,
    2,
  )

/** The exit code. */
async function main(args: readonly string[]): Promise<number> {
  let options: AttributionOptions | 'help'
  try {
    options = readOptions(args)
  } catch (error) {
    console.error(`${messageOf(error)}\nSee: npm run attribution -- --help`)
    return 2
  }
  if (options === 'help') {
    console.log(HELP)
    return 0
  }
  try {
    const results = await credit(options)
    console.log(options.json ? asJson(results) : tables(results))
    return 0
  } catch (error) {
    console.error(`${options.paths}: ${messageOf(error)}.`)
    return 1
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

process.exitCode = await main(process.argv.slice(2))

import { endPool } from '../shared/db/pools.ts'
import { type DeadLetter, giveBack, publishAgain, pullDeadLetters } from './replay/dead-letters.ts'
import { useEnvironment } from './replay/environment.ts'
import { replayEvents } from './replay/events.ts'
import { HELP, type ReplayOptions, readOptions } from './replay/options.ts'

async function events(options: Extract<ReplayOptions, { what: 'events' }>): Promise<number> {
  const counts = [...(await replayEvents(options))].sort()
  for (const [type, count] of counts) console.log(`${String(count).padStart(8)}  ${type}`)
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  console.log(`${total} event(s) ${options.dryRun ? 'would be published' : 'published'}.`)
  return 0
}

async function deadLetters({ limit, publish }: Extract<ReplayOptions, { what: 'dead-letters' }>): Promise<number> {
  const letters = await pullDeadLetters(limit)
  for (const letter of letters) console.log(lineOf(letter))
  if (!publish) await giveBack(letters)
  const left = publish ? await publishAgain(letters) : []
  console.log(`${letters.length} dead letter(s)${publish ? `, ${letters.length - left.length} published again` : ''}.`)
  for (const { messageId } of left) console.error(`${messageId} is of no type that we know; it stays.`)
  return left.length > 0 ? 1 : 0
}

const lineOf = ({ publishTime, attributes, subscription, messageId }: DeadLetter): string =>
  [publishTime, attributes['ce-type'] ?? '?', attributes['ce-tenantid'] ?? '?', subscription, messageId].join('  ')

/** The exit code. */
async function main(args: readonly string[]): Promise<number> {
  let options: ReplayOptions | 'help'
  try {
    options = readOptions(args, new Date())
  } catch (error) {
    console.error(`${messageOf(error)}\nSee: npm run replay -- --help`)
    return 2
  }
  if (options === 'help') {
    console.log(HELP)
    return 0
  }
  try {
    await useEnvironment(options.stateDir)
    return options.what === 'events' ? await events(options) : await deadLetters(options)
  } catch (error) {
    console.error(messageOf(error))
    return 1
  } finally {
    await endPool()
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

process.exit(await main(process.argv.slice(2)))

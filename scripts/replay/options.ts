import { parseArgs } from 'node:util'
import * as z from 'zod'
import { CATALOG, type EventType, isEventType } from '../../shared/events/catalog.ts'

export type EventsWanted = { tenants: string[]; types: EventType[]; since: Date; until: Date; dryRun: boolean }
export type ReplayOptions =
  | ({ what: 'events'; stateDir: string } & EventsWanted)
  | { what: 'dead-letters'; stateDir: string; publish: boolean; limit: number }

export const HELP = `Publishes again what was published before. Everything that listens is idempotent: what was done already stays as it is.

  npm run replay -- events --tenant ID --since INSTANT [options]
  npm run replay -- dead-letters [options]

events          facts as they are kept in Postgres, with their own ids and times, oldest first
  --tenant ID     whose; may be repeated
  --type NAME     only this type, such as data.sync_completed; may be repeated (default: every fact)
  --since INSTANT recorded at or after this instant, such as 2026-11-20T09:00:00Z
  --until INSTANT and before this one (default: now)
  --dry-run       count them, publish nothing

dead-letters    messages that were given up after ten deliveries
  --publish       send each to its topic again and take it off; without it they are only listed
  --limit N       at most so many (default 100)

  --state DIR     the running "npm start" to talk to (default .pulsepoint); DATABASE_URL, CLOUD_ENDPOINT and
                  GOOGLE_CLOUD_PROJECT in the environment go before it
  --help          this text

Exit code: 0; 1 when something could not be read or published; 2 for a wrong option.
`

/** Throws an Error whose message says which option is wrong and what was expected. */
export function readOptions(args: readonly string[], now: Date): ReplayOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      tenant: { type: 'string', multiple: true, default: [] },
      type: { type: 'string', multiple: true, default: [] },
      since: { type: 'string' },
      until: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
      limit: { type: 'string', default: '100' },
      state: { type: 'string', default: '.pulsepoint' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const [what, ...more] = positionals
  if (more.length > 0 || (what !== 'events' && what !== 'dead-letters'))
    throw new Error(`Expected "events" or "dead-letters", got "${positionals.join(' ')}".`)
  const stateDir = values.state
  if (what === 'dead-letters') return { what, stateDir, publish: values.publish, limit: limitOf(values.limit) }
  const range = {
    since: instant('--since', values.since),
    until: values.until ? instant('--until', values.until) : now,
  }
  if (range.since >= range.until) throw new Error('--since must be before --until.')
  return {
    what,
    stateDir,
    tenants: tenantsOf(values.tenant),
    types: typesOf(values.type),
    ...range,
    dryRun: values['dry-run'],
  }
}

function tenantsOf(given: readonly string[]): string[] {
  if (given.length === 0) throw new Error('--tenant ID is missing.')
  const wrong = given.find((id) => !z.uuid().safeParse(id).success)
  if (wrong !== undefined)
    throw new Error(`--tenant expects an id such as 0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f, got "${wrong}".`)
  return [...given]
}

const FACTS = (Object.keys(CATALOG) as EventType[]).filter((type) => CATALOG[type].class === 'fact') // the keys of that literal

function typesOf(given: readonly string[]): EventType[] {
  const wrong = given.find((type) => !isEventType(type) || !FACTS.includes(type))
  if (wrong !== undefined)
    throw new Error(`--type expects a kind of fact, got "${wrong}". There are: ${FACTS.join(', ')}.`)
  return given.length === 0 ? FACTS : FACTS.filter((type) => given.includes(type))
}

function limitOf(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1) throw new Error(`--limit expects a whole number above 0, got "${text}".`)
  return limit
}

function instant(option: string, text: string | undefined): Date {
  if (text === undefined) throw new Error(`${option} INSTANT is missing.`)
  if (!z.iso.datetime({ offset: true }).safeParse(text).success)
    throw new Error(`${option} expects an instant such as 2026-11-20T09:00:00Z, got "${text}".`)
  return new Date(text)
}

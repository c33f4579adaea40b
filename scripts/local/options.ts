import path from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod'

export type StartOptions = {
  once: boolean
  fresh: boolean
  /** Run dist/ instead of the sources. */
  built: boolean
  data: string | null
  report: string | null
  port: number
  stateDir: string
  now: Date | null
  tenants: number | null
  orders: number | null
  seed: string | null
}

export const HELP = `Runs the whole platform on this machine: PostgreSQL, the local cloud, the provider sandboxes and every function.

  npm start -- [options]

  --once          run one hour, wait until all that follows from it is done, then stop
                  (exit 0; 1 if anything failed; 2 for a wrong option)
  --data DIR      add the tenant "Recorded": its sandboxes serve DIR/<provider>/<stream>.jsonl[.gz], shop.json beside them
  --report FILE   write what the hour did as JSON
  --port N        where the gateway listens (default 8080)
  --state DIR     where everything is kept (default .pulsepoint)
  --fresh         throw the kept state away first
  --built         run the bundles that npm run build made instead of the sources
  --now INSTANT   start the platform's clock at this instant, such as 2026-11-20T09:00:00Z
  --tenants N     demo tenants to make (default 3)        \\
  --orders N      orders of each demo brand               | only with a new state
  --seed S        seed of the generated stores            /
  --help          this text
`

/** Throws an Error whose message says which option is wrong and what was expected. */
export function readOptions(args: readonly string[]): StartOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      built: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      data: { type: 'string' },
      report: { type: 'string' },
      port: { type: 'string', default: '8080' },
      state: { type: 'string', default: '.pulsepoint' },
      now: { type: 'string' },
      tenants: { type: 'string' },
      orders: { type: 'string' },
      seed: { type: 'string' },
    },
  })
  if (values.help) return 'help'
  return {
    once: values.once,
    fresh: values.fresh,
    built: values.built,
    data: values.data === undefined ? null : path.resolve(values.data),
    report: values.report === undefined ? null : path.resolve(values.report),
    port: integer('--port', values.port, { min: 1, max: 65_535 }),
    stateDir: path.resolve(values.state),
    now: values.now === undefined ? null : instant(values.now),
    tenants: values.tenants === undefined ? null : integer('--tenants', values.tenants, { min: 0, max: 1_000 }),
    orders: values.orders === undefined ? null : integer('--orders', values.orders, { min: 1, max: 10_000_000 }),
    seed: values.seed ?? null,
  }
}

function integer(option: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${option} expects a whole number from ${min} to ${max}, got "${text}".`)
  }
  return value
}

function instant(text: string): Date {
  // Not new Date() alone, which takes 30 February for 2 March.
  if (!z.iso.datetime({ offset: true }).safeParse(text).success)
    throw new Error(`--now expects an instant such as 2026-11-20T09:00:00Z, got "${text}".`)
  return new Date(text)
}

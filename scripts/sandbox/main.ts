import { parseArgs } from 'node:util'
import { serve } from '@hono/node-server'
import * as z from 'zod'
import { UNIT_APP } from './oauth.ts'
import { recordedStores } from './recorded.ts'
import { sandbox } from './sandbox.ts'
import { generateStores } from './stores/generate.ts'

const Options = z.object({
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  seed: z.string().default('demo'),
  tenants: z.coerce.number().int().min(0).default(3),
  orders: z.coerce.number().int().min(1).default(2000),
  epoch: z.iso.datetime({ offset: true }).optional(),
  'clock-offset-ms': z.coerce.number().int().default(0),
  data: z.string().optional(),
  'webhooks-url': z.url().optional(),
})

/** Joins each option to its value, so that a negative number is not taken for an option. */
function joined(args: readonly string[]): string[] {
  const [option, value, ...rest] = args
  if (option === undefined) return []
  if (option.includes('=') || value === undefined) return [option, ...joined(args.slice(1))]
  return [`${option}=${value}`, ...joined(rest)]
}

const string = { type: 'string' } as const
const { values } = parseArgs({
  args: joined(process.argv.slice(2)),
  options: {
    port: string,
    seed: string,
    tenants: string,
    orders: string,
    epoch: string,
    'clock-offset-ms': string,
    data: string,
    'webhooks-url': string,
  },
})
const options = Options.parse(values)
const HOUR_MS = 3_600_000
const clock = (): Date => new Date(Date.now() + options['clock-offset-ms'])
/** Providers report with some delay: here everything up to the last full hour, so that a second sync within it finds nothing new. */
const now = (): Date => new Date(Math.floor(clock().getTime() / HOUR_MS) * HOUR_MS)

const stores = generateStores({
  seed: options.seed,
  tenants: options.tenants,
  orders: options.orders,
  epoch: options.epoch === undefined ? now() : new Date(options.epoch),
})
if (options.data !== undefined) {
  try {
    stores.push(...(await recordedStores(options.data)))
  } catch (error) {
    // For a person who gave the folder: what is wrong with it, without our stack.
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

/** Secrets come by the environment: a command line is read by everybody. */
const appOf = (provider: string) => ({
  client_id: process.env[`${provider}_CLIENT_ID`] ?? UNIT_APP.client_id,
  client_secret: process.env[`${provider}_CLIENT_SECRET`] ?? UNIT_APP.client_secret,
})
const apps = {
  shopify: appOf('SHOPIFY'),
  meta: appOf('META'),
  'google-ads': appOf('GOOGLE_ADS'),
  tiktok: appOf('TIKTOK'),
}

/** What happens by hand happens now, not at the last full hour. */
const webhooks = options['webhooks-url'] !== undefined && {
  url: options['webhooks-url'],
  clientSecret: apps.shopify.client_secret,
  now: clock,
}
const { fetch, smtp } = sandbox({ now, limitsClock: clock, stores, apps, ...(webhooks && { webhooks }) })
const smtpUrl = await smtp.listen()
const server = serve({ fetch, port: options.port, hostname: '127.0.0.1' }, ({ port }) => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}`, smtp_url: smtpUrl })}\n`)
})

// Requests that a fault keeps hanging would hold the process, so nothing is waited for.
const stop = (): void => {
  server.close()
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
process.once('disconnect', stop)

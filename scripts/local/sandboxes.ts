import { fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { appSecrets } from './providers.ts'
import type { Settings } from './state.ts'

const MAIN = fileURLToPath(new URL('../sandbox/main.ts', import.meta.url))
const Ready = z.object({ url: z.url(), smtp_url: z.string() })

/** A brand with its shop and ad accounts, as the sandboxes offer it for connecting. */
export const OfferedStore = z.object({
  tenant: z.string(),
  brand: z.string(),
  currency: z.string(),
  time_zone: z.string(),
  connections: z.array(
    z.object({
      provider: z.enum(['shopify', 'meta', 'tiktok', 'google-ads']),
      account_id: z.string(),
      account_name: z.string(),
      credentials: z.object({ access_token: z.string(), refresh_token: z.string().exactOptional() }),
      /** Of the access token; absent: it lasts. */
      token_expires_at: z.iso.datetime().optional(),
    }),
  ),
})
export type OfferedStore = z.output<typeof OfferedStore>

export type Sandboxes = { url: string; smtpUrl: string; stores(): Promise<OfferedStore[]>; stop(): Promise<void> }

/** The providers' stand-ins in a process of their own, with the kept data. Rejects with its last words when it cannot start. */
export async function startSandboxes(settings: Settings, webhooksUrl: string): Promise<Sandboxes> {
  const flags = {
    port: '0',
    seed: settings.seed,
    tenants: String(settings.tenants),
    epoch: settings.epoch,
    'clock-offset-ms': String(settings.clock_offset_ms),
    'webhooks-url': webhooksUrl,
    ...(settings.orders !== null && { orders: String(settings.orders) }),
    ...(settings.data !== null && { data: settings.data }),
  }
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])
  const env = { ...process.env, ...appSecrets(settings) }
  const child = fork(MAIN, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true, env })
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4_000)
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const { url, smtp_url } = await new Promise<z.output<typeof Ready>>((resolve, reject) => {
    if (child.stdout) createInterface(child.stdout).once('line', (line) => resolve(Ready.parse(JSON.parse(line))))
    void exited.then(() => reject(new Error(`The provider sandboxes did not start:\n${complaints.trim()}`)))
  })
  child.stdout?.resume()
  return {
    url,
    smtpUrl: smtp_url,
    stores: async () => z.array(OfferedStore).parse(await (await fetch(`${url}/_control/stores`)).json()),
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

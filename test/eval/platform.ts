import { chmod, rm } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { asAdmin } from '../../scripts/local/admin.ts'
import { runHour } from '../../scripts/local/hour.ts'
import { type Platform, startPlatform } from '../../scripts/local/platform.ts'
import { freePort } from '../../scripts/local/postgres.ts'
import { scratch } from '../support/scratch.ts'
import { Answer } from './answer.ts'
import type { EvalOptions } from './options.ts'
import type { Question } from './question.ts'

/** The clock of the platform starts here, so that the same seed makes the same questions. */
export const NOW = new Date('2026-11-20T09:00:00Z')
export const TENANTS = 2

export type Asked = { answer: Answer; ms: number }
export type Running = {
  ask: (question: Question) => Promise<Asked>
  /** Gives a campaign another name, as whoever owns the ad account could. */
  rename: (campaign: { brand: string; from: string; to: string }) => Promise<void>
  stop: () => Promise<void>
}

/** A platform after its first hour, which does no second one. */
export async function startEvalPlatform(options: EvalOptions, say: (what: string) => void): Promise<Running> {
  const folder = await scratch('pulsepoint-eval-')
  await chmod(folder, 0o755) // as root, PostgreSQL runs as another user, who must get in
  const size = { tenants: TENANTS, orders: options.orders, seed: options.seed, now: NOW }
  const mode = { once: true, fresh: true, built: false, data: null, report: null }
  const platform = await startPlatform(
    { ...mode, ...size, port: await freePort(), stateDir: path.join(folder, 'state') },
    { step: (what) => say(`starting ${what}`), log: () => undefined },
  )
  const stop = async (): Promise<void> => {
    await platform.stop()
    await rm(folder, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(130)))
  say('the first hour: every shop and ad account is read')
  const { failures } = await runHour(platform, () => undefined)
  for (const failure of failures) say(failure)
  await asAdmin(platform.postgres, (client) =>
    client.query("update integrations set next_due_at = now() + interval '1 year'"),
  )
  const tokens = await signInEverywhere(platform)
  return {
    ask: (question) => ask(platform, { question, token: tokens.get(question.tenant) ?? '' }),
    rename: async ({ brand, from, to }) => {
      await asAdmin(platform.postgres, (client) =>
        client.query(
          'update campaigns c set name = $3 from brands b where b.tenant_id = c.tenant_id and b.brand_id = c.brand_id and b.name = $1 and c.name = $2',
          [brand, from, to],
        ),
      )
    },
    stop,
  }
}

const Session = z.object({ access_token: z.string() })

/** Access tokens of each tenant's admin. */
async function signInEverywhere({ url, tenants }: Platform): Promise<Map<string, string>> {
  const tokens = new Map<string, string>()
  for (const { name, logins } of tenants) {
    const login = logins.find(({ role }) => role === 'admin')
    if (login) tokens.set(name, Session.parse(await post(`${url}/api/auth/login`, login)).access_token)
  }
  return tokens
}

async function ask({ url, tenants }: Platform, of: { question: Question; token: string }): Promise<Asked> {
  const { tenant, brand, text } = of.question
  const brands = tenants.find(({ name }) => name === tenant)?.brands ?? []
  const id = brands.find(({ name }) => name === brand)?.brand_id
  const body = { question: text, ...(id !== undefined && { brand_id: id }) }
  const begun = performance.now()
  const answer = Answer.parse(await post(`${url}/api/ask`, body, of.token))
  return { answer, ms: performance.now() - begun }
}

async function post(url: string, { role: _, ...body }: Record<string, unknown>, token = ''): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
  return response.json()
}

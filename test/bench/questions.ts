import { forgetConfig } from '../../shared/config.ts'
import { endPool } from '../../shared/db/pools.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { findEntries } from '../../shared/operations/admin/audit-read.ts'
import { call } from '../../shared/operations/call.ts'
import { listQuestions } from '../../shared/operations/questions/list.ts'
import { ROLES, runAs, systemActor } from '../../shared/tenant.ts'
import { type BenchDatabase, withDatabase } from './database.ts'
import { readOptions } from './options.ts'
import { measureOwnTime, printOwnTime } from './questions/own-time.ts'
import { machine, machineLine, printTable, progress, quantile, whole, writeJson } from './report.ts'

const HELP = `Two figures of questions: how soon "who asked what" is found by person, brand, time and text among the questions of one
tenant, and what a question takes of our own time.

  npm run bench:questions -- [options]

  --sizes A,B     questions to search in, questions to ask of each kind (default 100000,200)
  --repeat N      rounds of each kind of search; their quantiles are told (default 60)
  --json FILE     write what was measured

Own time is a question's time over HTTP less the time that the stand-in for Claude, which thinks for 60 ms a call, had it: from a
request's arrival there to the last byte of its answer. The hops between and the reading of the answer are our own. The
function "api" runs in a process of its own; the stand-in and the local cloud run in the one that measures. Beside it stands what
pg takes for as many transactions of one insert, one after another.
`

const { sizes, repeat: ROUNDS, json } = readOptions(HELP, { sizes: '100000,200', repeat: '60' })
const [QUESTIONS = 100_000, ASKED = 200] = sizes
const TENANT = '0192d3f4-0000-7000-8000-000000000001'
const uuid = (kind: number, sql: string): string =>
  `('0192d3f4-000${kind}-7000-8000-' || lpad((${sql})::text, 12, '0'))::uuid`

/** A hundred people, twenty brands, ninety days; one question in ten thousand has a rare word. */
async function fill({ admin }: BenchDatabase): Promise<void> {
  const text = `'How did ' || (array['sales','orders','ROAS','ad spend','returns','margin'])[1 + n % 6] || ' of ' ||
    (array['Meta','Google','TikTok','e-mail','organic'])[1 + n % 5] || ' change in week ' || n % 52 ||
    case when n % 10000 = 7 then ' for zebrafinch' else '' end || '?'`
  await admin.query(`
    insert into tenants (id, company_name, created_at) values ('${TENANT}', 'bench', now());
    insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
      select '${TENANT}', ${uuid(2, 'n')}, 'Brand ' || n, 'UTC', 'USD', now() from generate_series(0, 19) n;
    insert into users (tenant_id, user_id, email, hashed_password, role, created_at)
      select '${TENANT}', ${uuid(3, 'n')}, n || '@example.com', 'none', 'analyst', now() from generate_series(0, 99) n;
    insert into ai_questions (tenant_id, question_id, brand_id, asked_by, question_text, question_category, asked_at)
      select '${TENANT}', ${uuid(4, 'n')}, ${uuid(2, 'n * 7 % 20')}, ${uuid(3, 'n * 13 % 100')}, ${text}, 'sales',
        now() - n * (interval '85 days' / ${QUESTIONS}) from generate_series(1, ${QUESTIONS}) n;
    insert into ai_answers (tenant_id, question_id, status, answer_text, body, model, tokens_consumed, cost_usd, generation_time_ms, answered_at)
      select tenant_id, question_id, 'answered', 'An answer.', '{}', 'claude-sonnet-5-5', 9000, 0.02, 1200, asked_at from ai_questions;
    insert into observability_events (tenant_id, event_id, class, event_type, "timestamp", brand_id, user_id, request_id, metadata)
      select tenant_id, question_id, 'fact', 'ai.question_asked', asked_at, brand_id, asked_by, 'r',
        jsonb_build_object('question_id', question_id, 'question', question_text) from ai_questions`)
  // As autovacuum leaves tables that are only inserted into.
  await admin.query('vacuum analyze')
}

const asAdmin = <T>(work: () => T): T =>
  runAs({ ...systemActor(TENANT, 'admin', 'bench'), permissions: new Set(ROLES.admin) }, work)
const from = new Date(Date.now() - 90 * 86_400_000)
const id = (kind: number, n: number): string => `0192d3f4-000${kind}-7000-8000-${String(n).padStart(12, '0')}`

type Given = { search?: string; user_id?: string; brand_id?: string; since?: string }
const KINDS: Record<string, (n: number) => Given> = {
  newest: () => ({}),
  'by person': (n) => ({ user_id: id(3, n % 100) }),
  'by brand': (n) => ({ brand_id: id(2, n % 20) }),
  'by time': (n) => ({ since: new Date(Date.now() - (n % 60) * 3_600_000).toISOString() }),
  'by frequent words': (n) => ({ search: `ROAS week ${n % 52}` }),
  'by words of all': () => ({ search: 'how did change' }),
  'by words that never meet': () => ({ search: 'ROAS margin' }),
  'by a rare word': () => ({ search: 'zebrafinch' }),
  'by a word of none': () => ({ search: 'platypus' }),
  'by person and words': (n) => ({ user_id: id(3, n % 100), search: 'margin' }),
  'by brand and words': (n) => ({ brand_id: id(2, n % 20), search: `ROAS week ${n % 52}` }),
  'by person, brand, time, word': (n) => ({
    user_id: id(3, n % 100),
    brand_id: id(2, n % 20),
    since: new Date(Date.now() - (20 + (n % 60)) * 86_400_000).toISOString(),
    search: 'margin',
  }),
}

type Quantiles = { p50: number; p95: number }
type Search = { name: string; list: Quantiles; audit: Quantiles }

async function search(name: string, given: (n: number) => Given): Promise<Search> {
  const list = await measured((n) => asAdmin(() => call(listQuestions, { ...given(n), limit: 50 })))
  const audit = await measured((n) => {
    const { search: text, since, ...asked } = given(n)
    const within = { from: since ? new Date(since) : from, to: null, after: null, limit: 51 }
    const query = { ...asked, ...within, text, event_type: 'ai.question_asked' }
    return asAdmin(() => transaction((db) => findEntries(db, query)))
  })
  return { name, list, audit }
}

async function measured(work: (n: number) => Promise<unknown>): Promise<Quantiles> {
  for (let n = 0; n < 8; n += 1) await work(n)
  const times: number[] = []
  for (let n = 0; n < ROUNDS; n += 1) {
    const begun = performance.now()
    await work(n)
    times.push(performance.now() - begun)
  }
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95) }
}

await withDatabase(async (database) => {
  const on = machine(database.version)
  Object.assign(process.env, { DATABASE_URL: database.url('pulsepoint_app'), GOOGLE_CLOUD_PROJECT: 'bench' })
  forgetConfig()
  progress(`${whole(QUESTIONS)} questions …`)
  await fill(database)
  const searches: Search[] = []
  for (const [name, given] of Object.entries(KINDS)) searches.push(await search(name, given))
  await endPool()
  printTable([
    [`${whole(QUESTIONS)} questions, ms`, 'list p50', 'p95', 'audit p50', 'p95'],
    ...searches.map(({ name, list, audit }) => [
      name,
      ...[list.p50, list.p95, audit.p50, audit.p95].map((ms) => ms.toFixed(1)),
    ]),
  ])
  progress(`${ASKED} questions of each kind are asked …`)
  const ownTime = await measureOwnTime(database, ASKED)
  await endPool()
  printOwnTime(ownTime)
  console.log(machineLine(on))
  await writeJson(json, { machine: on, searches, own_time: ownTime })
})
process.exit(0)

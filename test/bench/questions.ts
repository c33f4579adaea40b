import { forgetConfig } from '../../shared/config.ts'
import { endPool, transaction } from '../../shared/db/transaction.ts'
import { findEntries } from '../../shared/operations/admin/audit-read.ts'
import { call } from '../../shared/operations/call.ts'
import { listQuestions } from '../../shared/operations/questions/list.ts'
import { ROLES, runAs, systemActor } from '../../shared/tenant.ts'
import { type BenchDatabase, withDatabase } from './database.ts'
import { readOptions } from './options.ts'

const HELP = `"Who asked what": by person, brand, time and text, over the questions of one tenant.

  npm run bench:questions -- [options]

  --sizes A       questions (default 100000)
  --repeat N      rounds of each kind of search; their quantiles are told (default 60)
`

const { sizes, repeat: ROUNDS } = readOptions(HELP, { sizes: '100000', repeat: '60' })
const QUESTIONS = sizes[0] ?? 100_000
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

const KINDS: Record<string, (n: number) => { search?: string; user_id?: string; brand_id?: string; since?: string }> = {
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
}

async function measured(work: (n: number) => Promise<unknown>): Promise<string> {
  for (let n = 0; n < 8; n += 1) await work(n)
  const times: number[] = []
  for (let n = 0; n < ROUNDS; n += 1) {
    const begun = performance.now()
    await work(n)
    times.push(performance.now() - begun)
  }
  times.sort((a, b) => a - b)
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1).padStart(7)
  return `${at(0.5)} ${at(0.95)}`
}

await withDatabase(async (database) => {
  Object.assign(process.env, { DATABASE_URL: database.url('pulsepoint_app'), GOOGLE_CLOUD_PROJECT: 'bench' })
  forgetConfig()
  await fill(database)
  console.log(`${QUESTIONS} questions; ms: p50, p95 of the list of questions, and of the audit`)
  for (const [name, given] of Object.entries(KINDS)) {
    const list = await measured((n) => asAdmin(() => call(listQuestions, { ...given(n), limit: 50 })))
    const audit = await measured((n) => {
      const { search: text, since, ...asked } = given(n)
      const query = {
        ...asked,
        text,
        from: since ? new Date(since) : from,
        to: null,
        after: null,
        limit: 51,
        event_type: 'ai.question_asked',
      }
      return asAdmin(() => transaction((db) => findEntries(db, query)))
    })
    console.log(`${name.padEnd(25)} ${list}   ${audit}`)
  }
  await endPool()
})

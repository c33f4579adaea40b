import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { useApi } from '../../../support/api.ts'
import { useClaude } from '../../../support/claude.ts'
import { useCloud } from '../../../support/cloud.ts'
import { useDatabase } from '../../../support/database.ts'
import { type SignedIn, signIn } from '../../../support/people.ts'
import { createTenant, type TestTenant } from '../../../support/tenants.ts'
import { openShop } from './shop.ts'

const database = useDatabase()
useCloud()
useClaude()
const call = useApi()
let tenant: TestTenant
let admin: SignedIn
let analyst: SignedIn
const ids: string[] = []

const Asked = z.object({ question_id: z.uuid(), answer: z.string() })
const Listed = z.object({
  questions: z.array(z.object({ id: z.uuid(), question: z.string() })),
  next_cursor: z.string().nullable(),
})
const listed = async ({ token }: SignedIn, query: string) => {
  const { questions, next_cursor } = Listed.parse((await call(`/api/questions?${query}`, { token })).body)
  return { ids: questions.map(({ id }) => id), next_cursor }
}

beforeAll(async () => {
  tenant = await createTenant('acme')
  ;[admin, analyst] = [await signIn(tenant.tenantId, 'admin'), await signIn(tenant.tenantId, 'analyst')]
  await openShop(database, tenant, ['Summer dresses'])
  const questions = [
    [admin, 'What were net sales yesterday?'],
    [analyst, 'Which campaign had the best ROAS?'],
    [analyst, 'How many orders came last week, in Zürich?'],
  ] as const
  for (const [{ token }, question] of questions) {
    const { body } = await call(`/api/brands/${tenant.brandId}/ask`, { token, body: { question } })
    ids.unshift(Asked.parse(body).question_id)
  }
})

describe('questions that were asked', () => {
  it('are listed newest first in pages: one’s own, and everybody’s for administrators', async () => {
    expect((await listed(admin, '')).ids).toEqual(ids)
    expect((await listed(analyst, '')).ids).toEqual(ids.slice(0, 2))
    const first = await listed(admin, 'limit=2')
    const rest = await listed(admin, `limit=2&cursor=${first.next_cursor}`)
    expect([...first.ids, ...rest.ids]).toEqual(ids)
  })

  it('are found by who asked, brand, time, category and words', async () => {
    expect((await listed(admin, `user_id=${admin.userId}`)).ids).toEqual(ids.slice(2))
    expect((await listed(admin, `brand_id=${tenant.brandId}&category=advertising`)).ids).toEqual([ids[1]])
    expect((await listed(admin, `until=2026-01-01T00:00:00Z`)).ids).toEqual([])
    expect((await listed(admin, 'search=ZURICH%20orders')).ids).toEqual([ids[0]])
    expect((await listed(admin, 'search=orders%20roas')).ids).toEqual([])
  })

  it('are found by many words and page by page; their words go with them', async () => {
    const all = await listed(admin, 'search=were%20what%20sales%20net%20yesterday%20WERE')
    expect(all.ids).toEqual(ids.slice(2))
    expect((await listed(admin, 'search=how%20many%20orders%20came%20last%20week%20in%20zurich')).ids).toEqual([ids[0]])
    expect((await listed(admin, 'search=!')).ids).toEqual([])
    const other = await createTenant('other')
    const asker = await signIn(other.tenantId, 'admin')
    const asked: string[] = []
    for (const n of ['alpha', 'beta', 'gamma']) {
      const body = { question: `Shared word ${n}?`, brand_id: other.brandId }
      asked.unshift(Asked.parse((await call('/api/ask', { token: asker.token, body })).body).question_id)
    }
    const first = await listed(asker, 'search=shared%20WORD&limit=2')
    const rest = await listed(asker, `search=shared%20word&limit=2&cursor=${first.next_cursor}`)
    expect([...first.ids, ...rest.ids]).toEqual(asked)
    expect((await listed(admin, 'search=shared')).ids).toEqual([])
    await database.asAdmin('delete from brands where tenant_id = $1', [other.tenantId])
    expect(await database.asAdmin('select word from ai_question_words where tenant_id = $1', [other.tenantId])).toEqual(
      [],
    )
  })

  it('are told with the evidence that was shown; another’s is not found', async () => {
    const own = await call(`/api/questions/${ids[0]}`, { token: analyst.token })
    expect(own.body).toMatchObject({ id: ids[0], status: 'answered', evidence: [{ tool: 'get_metrics' }] })
    expect((await call(`/api/questions/${ids[2]}`, { token: analyst.token })).status).toBe(404)
  })

  it('are rated once by each, and their score is the share of good ratings', async () => {
    const rate = ({ token }: SignedIn, rating: number) =>
      call(`/api/questions/${ids[0]}/feedback`, { token, body: { rating } })
    expect((await rate(analyst, 2)).body).toMatchObject({ accuracy_score: 0 })
    expect((await rate(analyst, 5)).body).toMatchObject({ accuracy_score: 1 })
    expect((await rate(admin, 3)).body).toMatchObject({ accuracy_score: 0.5 })
    const facts = await database.asAdmin(
      "select event_type from observability_events where event_type = 'ai.feedback_provided'",
    )
    expect(facts.length).toBe(3)
  })
})

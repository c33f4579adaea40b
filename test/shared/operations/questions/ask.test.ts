import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as z from 'zod'
import { forgetConfig } from '../../../../shared/config.ts'
import type { Answer } from '../../../../shared/operations/questions/answer.ts'
import { useApi } from '../../../support/api.ts'
import { useClaude } from '../../../support/claude.ts'
import { useCloud } from '../../../support/cloud.ts'
import { useDatabase } from '../../../support/database.ts'
import { signIn } from '../../../support/people.ts'
import { createTenant, type TestTenant } from '../../../support/tenants.ts'
import { openShop } from './shop.ts'

const database = useDatabase()
useCloud()
const claude = useClaude()
const call = useApi()
let tenant: TestTenant
let token: string

beforeAll(async () => {
  tenant = await createTenant('acme')
  token = (await signIn(tenant.tenantId, 'admin')).token
  await openShop(database, tenant, ['Summer dresses', 'Winter coats'])
})
beforeEach(() => claude.behave({ mode: 'honest', next: [] }))

type Given = z.output<typeof Answer>
const ask = async (question: string): Promise<Given> => {
  const { status, body } = await call(`/api/brands/${tenant.brandId}/ask`, { token, body: { question } })
  expect([status, body]).toEqual([200, body])
  return body as Given // the contract tests hold answers against their schema
}
const factsOf = (questionId: string) =>
  database.asAdmin<{ event_type: string; status: string; cost_usd: string | null }>(
    `select event_type, status, cost_usd::text from observability_events where metadata ->> 'question_id' = $1 order by "timestamp", event_type`,
    [questionId],
  )
/** What the calls of a question cost, and what the month's budget says. */
const spent = async () => {
  const [row] = await database.asAdmin<{ calls: number; usage: string; budget: string; reserved: string }>(
    `select (select count(*)::int from ai_token_usage) as calls, (select trim_scale(coalesce(sum(total_cost_usd), 0))::text from ai_token_usage) as usage,
      trim_scale(coalesce(sum(spent_usd), 0))::text as budget, trim_scale(coalesce(sum(reserved_usd), 0))::text as reserved from ai_budgets`,
  )
  return row
}

describe('a question', () => {
  it('is answered with figures that come with their label, unit and days', async () => {
    const answer = await ask('What were net sales and ad spend in the last 30 days?')
    expect(answer.answer).toMatch(/USD 8,565\.00 \(Net sales, \d+ \w+ 2026 – \d+ \w+ 2026\)/)
    expect(answer).toMatchObject({ status: 'answered', reason: null, category: 'advertising', cached: false })
    expect(answer.evidence[0]).toMatchObject({ result: 'r1', tool: 'get_metrics', arguments: { id: tenant.brandId } })
    expect(answer.evidence[0]?.cells.map(({ metric }) => metric)).toContain('net')
    expect(answer.tokens_used).toBeGreaterThan(1_000)
  })

  it('about a brand without a connection is told so, at no cost: its zeros would be proven', async () => {
    const fields = { name: 'Nothing yet', time_zone: 'UTC', currency: 'EUR' }
    const { body } = await call('/api/brands', { token, body: fields })
    const {
      brand: { id },
    } = body as { brand: { id: string } } // the contract tests hold answers against their schema
    const answer = await call(`/api/brands/${id}/ask`, { token, body: { question: 'What were net sales last week?' } })
    expect(answer).toMatchObject({
      status: 200,
      body: {
        status: 'refused',
        reason: 'nothing_connected',
        tokens_used: 0,
        answer: expect.stringContaining('connect one'),
      },
    })
  })

  it('leaves a line with the time to its first step and to its answer, of which service levels are made', async () => {
    const lines = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const { generation_time_ms } = await ask('What were refunds in the last 30 days?')
    await ask('What were refunds in the last 30 days?')
    const written = lines.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('A question was'))
    lines.mockRestore()
    const [first, again] = written.map((line) => JSON.parse(line))
    expect(first).toMatchObject({ is_quick: true, generation_time_ms: expect.any(Number) })
    expect(first.first_step_ms).toBeGreaterThan(0)
    expect(first.first_step_ms).toBeLessThanOrEqual(generation_time_ms)
    expect(again).toMatchObject({ is_quick: true, generation_time_ms: 0, first_step_ms: null })
  })

  it('is answered again from the same data at no cost, and says so', async () => {
    const first = await ask('Which campaign had the best ROAS in the last 30 days?')
    const before = claude.requests().length
    const again = await ask('Which campaign had  the best roas in the last 30 days?')
    expect(again).toMatchObject({
      cached: true,
      tokens_used: 0,
      cost: { amount: '0', currency: 'USD' },
      answer: first.answer,
    })
    expect(claude.requests().length).toBe(before)
    await database.asAdmin(
      `insert into data_versions (tenant_id, brand_id, version) values ($1, $2, 7)
      on conflict (tenant_id, brand_id) do update set version = data_versions.version + 1`,
      [tenant.tenantId, tenant.brandId],
    )
    expect(await ask('Which campaign had the best ROAS in the last 30 days?')).toMatchObject({ cached: false })
  })

  it('tells its steps, then the checked text, as events', async () => {
    const headers = { accept: 'text/event-stream' }
    const body = { question: 'How many orders came yesterday?', brand_id: tenant.brandId }
    const answer = await call('/api/ask', { token, body, headers })
    const kinds = [...String(answer.body).matchAll(/^data: \{"type":"(\w+)"/gm)].map(([, kind]) => kind)
    expect(kinds).toEqual(['question', 'tool', 'tool', 'text'])
    expect(String(answer.body)).toMatch(/event: output\ndata: .*"status":"answered"/)
  })

  it('about a brand is about that brand alone, whichever tool the model calls', async () => {
    await database.asAdmin(
      `with other as (
        insert into brands (tenant_id, brand_id, name, time_zone, currency, created_at)
        values ($1, gen_random_uuid(), 'Other brand', 'UTC', 'USD', now()) returning brand_id)
      insert into alerts (tenant_id, alert_id, brand_id, rule, cause, severity, title, message, raised_at)
      select $1, gen_random_uuid(), id, 'anomaly', said, 'info', said, said, now()
      from (select $2::uuid, 'Sales fell here' union all select brand_id, 'Sales fell elsewhere' from other) as raised (id, said)`,
      [tenant.tenantId, tenant.brandId],
    )
    const { evidence, answer } = await ask('Which alerts are open in this brand?')
    expect(evidence).toMatchObject([{ tool: 'list_alerts', arguments: { brand_id: tenant.brandId } }])
    expect(answer).toContain('Sales fell here')
    expect(JSON.stringify(claude.requests().at(-1))).not.toContain('Sales fell elsewhere')

    const toolsOf = () => claude.requests().at(-1)?.tools ?? []
    expect(
      toolsOf().filter(({ input_schema: { properties = {} } }) => 'id' in properties || 'brand_id' in properties),
    ).toEqual([])
    const ofAllBrands = ['list_brands', 'compare_brands', 'list_recommendations', 'get_recommendation', 'get_alert']
    const names = toolsOf().map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['list_metrics', 'get_metrics', 'list_alerts', 'get_sync_status']))
    expect(names.filter((name) => ofAllBrands.includes(name))).toEqual([])

    await call('/api/ask', { token, body: { question: 'Compare net sales of all brands' } })
    expect(toolsOf().map(({ name }) => name)).toEqual(expect.arrayContaining(ofAllBrands))
  })

  it('that can mean many things is asked back', async () => {
    expect(await ask('How are we doing?')).toMatchObject({ status: 'clarification', reason: null, evidence: [] })
  })

  it('is prompted with a cached prefix, the region, and no parameter that the newest models refuse', async () => {
    await ask('What was the average order value last week?')
    const [request] = claude.requests().slice(-1)
    expect(request).toMatchObject({ stream: true, inference_geo: 'us', output_config: { effort: 'low' } })
    expect(JSON.stringify(request?.tools.at(-1))).toContain('cache_control')
    const rows = await database.asAdmin<{ cache_read_tokens: string }>('select cache_read_tokens from ai_token_usage')
    expect(rows.some(({ cache_read_tokens }) => Number(cache_read_tokens) > 1_000)).toBe(true)
  })
})

describe('a model that misbehaves', () => {
  it('and writes figures is asked once more and then refused, with what is known', async () => {
    claude.behave({ mode: 'bare' })
    const answer = await ask('Which campaign had the lowest ROAS in the last 21 days?')
    expect(answer).toMatchObject({ status: 'refused', reason: 'unproven', usage: { calls: 3 } })
    expect(answer.answer).toMatch(/What is known:\n- .* \(ROAS, /)
  })

  it('and refers to other true cells says no more than what those cells are', async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      claude.behave({ mode: 'swap', seed })
      const { parts, evidence } = await ask(`Which campaign had the lowest ROAS in the last ${seed + 21} days?`)
      const labels = new Map(evidence.flatMap(({ cells }) => cells.map(({ ref, label }) => [ref, label] as const)))
      for (const part of parts) if (part.kind === 'figure') expect(part.label).toBe(labels.get(part.ref))
    }
  })

  it('that calls tools for ever is stopped after eight turns', async () => {
    claude.behave({ mode: 'loop' })
    expect(await ask('What were sales last week?')).toMatchObject({ reason: 'too_many_steps', usage: { calls: 8 } })
  })
})

describe('a fault of the API', () => {
  const troubles = [
    'overloaded',
    'server_error',
    'rate_limited',
    'rate_limited_long',
    'cut',
    'error_event',
    'garbage',
  ] as const
  it.each(troubles)(
    '%s is met by the fallback; twice, by a typed answer; each call is charged once',
    async (trouble) => {
      claude.behave({ next: [trouble] })
      const saved = await ask(`What was gross last week? (${trouble})`)
      expect(saved).toMatchObject({ status: 'answered', reason: null })
      claude.behave({ next: [trouble, trouble] })
      const failed = await ask(`What was ad spend last week? (${trouble})`)
      expect(failed.status).toBe('unavailable')
      expect(failed.reason).toMatch(/^provider_/)
      const facts = await factsOf(failed.question_id)
      expect(facts.map(({ event_type }) => event_type).sort()).toEqual([
        'ai.answer_generated',
        'ai.question_asked',
        'ai.tokens_used',
        'ai.tokens_used',
      ])
      const paid = await spent()
      expect(paid).toMatchObject({ budget: paid?.usage, reserved: '0' })
    },
  )

  it.each([
    ['spend_limit', 'unavailable', 'provider_rate_limited'],
    ['refusal', 'refused', 'declined'],
    ['max_tokens', 'refused', 'cut_short'],
  ] as const)('%s is not tried again', async (trouble, status, reason) => {
    claude.behave({ next: [trouble] })
    const answer = await ask(`What were orders last week? (${trouble})`)
    expect(answer).toMatchObject({ status, reason, usage: { calls: 1 } })
  })

  it('that never ends is cut at the deadline, and what the prompt may have cost is charged', async () => {
    process.env.AI_DEADLINE_MS = '300'
    forgetConfig()
    claude.behave({ next: ['hang', 'hang'] })
    const answer = await ask('What were units last week?')
    delete process.env.AI_DEADLINE_MS
    forgetConfig()
    expect(answer).toMatchObject({ status: 'unavailable', reason: 'too_late', usage: { calls: 1 } })
    expect(Number(answer.cost?.amount)).toBeGreaterThan(0)
    expect((await spent())?.reserved).toBe('0')
  })
})

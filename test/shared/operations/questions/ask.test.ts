import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { z } from 'zod'
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

const ask = async (question: string): Promise<z.output<typeof Answer>> => {
  const { status, body } = await call(`/api/brands/${tenant.brandId}/ask`, { token, body: { question } })
  expect([status, body]).toEqual([200, body])
  return body as z.output<typeof Answer> // the contract tests hold answers against their schema
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
})

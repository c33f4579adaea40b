import { randomUUID } from 'node:crypto'
import pg from 'pg'

const BODY = {
  what_to_do: 'Move 60 USD a day from Brand Film to Brand Search.',
  where: [
    { provider: 'meta', campaign_id: '1', campaign: 'Brand Film', budget_from: 110, budget_to: 50 },
    { provider: 'google-ads', campaign_id: '2', campaign: 'Brand Search', budget_from: 40, budget_to: 100 },
  ],
  computed: 'Response curves of the last 90 days.',
  evidence: [{ provider: 'meta', campaign_id: '1', spend: 730.34 }],
  wrong_if: 'Credited net sales of Brand Search do not grow.',
}

/** Writes open advice of a brand, as the rules would: the demo's months rarely prove any. The title is its own. */
export async function giveAdvice(databaseUrl: string, tenantId: string, brandId: string): Promise<string> {
  const id = randomUUID()
  const title = `Move budget to Brand Search ${id.slice(0, 8)}`
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    await client.query('begin')
    await client.query("select set_config('app.tenant_id', $1, true)", [tenantId])
    await client.query(
      `insert into recommendations (tenant_id, recommendation_id, brand_id, kind, cause, title, body, expected_low_micros,
        expected_mid_micros, expected_high_micros, currency, basis, confidence, created_at, updated_at)
       values ($1, $2, $3, 'shift_budget', $4, $5, $6, 420000000, 1640000000, 2710000000, 'USD', 'profit', 'medium', now(), now())`,
      [tenantId, id, brandId, `test:${id}`, title, JSON.stringify(BODY)],
    )
    await client.query('commit')
  } finally {
    await client.end()
  }
  return title
}

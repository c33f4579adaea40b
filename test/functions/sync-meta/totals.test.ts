import { expect, test } from 'vitest'
import { metaClient } from '../../../functions/sync-meta/client.ts'
import { meta } from '../../../functions/sync-meta/connector.ts'
import { metaSandbox } from '../../../scripts/sandbox/meta.ts'
import { account, campaign, insight, worldOf } from '../../sandbox/meta-world.ts'
import { contextAt, freeWaits, TOKEN, watchedApi } from './meta-api.ts'

freeWaits()

test('the account’s own spend of a day is what its campaigns’ rows must sum to; each call is asked for first', async () => {
  const world = worldOf(
    '2026-11-20T17:00:00Z',
    account({
      campaigns: [campaign({ id: '1' }), campaign({ id: '2' })],
      insights: [
        insight({ campaign_id: '1', date_start: '2026-11-01', spend: '10.50' }),
        insight({ campaign_id: '2', date_start: '2026-11-01', spend: '0.25' }),
        insight({ campaign_id: '1', date_start: '2026-11-03', spend: '7' }),
        insight({ campaign_id: '1', date_start: '2026-11-04', spend: '9' }),
      ],
    }),
  )
  const calls = await watchedApi(metaSandbox(world))
  let allowed = 0
  const mayCall = async (): Promise<void> => {
    allowed += 1
  }
  const context = { ...contextAt(world.now), mayCall }
  const client = metaClient(TOKEN, context)
  const totals = await meta.totals?.read(client, { since: '2026-11-01', until: '2026-11-03' }, context)
  expect(totals).toEqual([
    { day: '2026-11-01', value: 10_750_000n, currency: 'USD' },
    { day: '2026-11-03', value: 7_000_000n, currency: 'USD' },
  ])
  expect(allowed).toBe(calls.length)
})

import { describe, expect, test } from 'vitest'
import { campaignFinder, earnerOf } from '../../../shared/attribution/match.ts'
import { visit } from './journey.ts'

const find = campaignFinder([
  { provider: 'meta', campaign_id: '120210', name: 'Spring Sale' },
  { provider: 'meta', campaign_id: '120211', name: 'Always on' },
  { provider: 'meta', campaign_id: '120212', name: ' always ON ' },
  { provider: 'google', campaign_id: '777', name: 'Brand' },
])
const at = '2026-03-01T10:00:00.000Z'
const earned = (given: Parameters<typeof visit>[1]) => earnerOf(visit(at, given), find)
const unmatched = { bucket: 'unmatched_paid', provider: 'meta', campaign_id: '' }

describe('earnerOf', () => {
  test('a numeric campaign id is found', () => {
    expect(earned({ campaign_id_hint: '120210' })).toEqual({
      bucket: 'campaign',
      provider: 'meta',
      campaign_id: '120210',
    })
  })

  test('a name is compared without case and outer spaces', () => {
    expect(earned({ campaign_name_hint: '  SPRING sale' })).toMatchObject({ bucket: 'campaign', campaign_id: '120210' })
  })

  test('a known id goes before a name, an unknown one leaves it to the name', () => {
    expect(earned({ campaign_id_hint: '120211', campaign_name_hint: 'Spring Sale' }).campaign_id).toBe('120211')
    expect(earned({ campaign_id_hint: '999', campaign_name_hint: 'Spring Sale' }).campaign_id).toBe('120210')
  })

  test('a name of two campaigns is ambiguous: unmatched, with its provider', () => {
    expect(earned({ campaign_name_hint: 'Always on' })).toEqual(unmatched)
  })

  test("another provider's campaign is none", () => {
    expect(earned({ campaign_id_hint: '777' })).toEqual(unmatched)
    expect(earned({ campaign_name_hint: 'Brand' })).toEqual(unmatched)
    expect(earned({ provider: 'tiktok', campaign_id_hint: '120210' })).toEqual({ ...unmatched, provider: 'tiktok' })
  })

  test('paid by nobody we know is unmatched paid', () => {
    expect(earned({ provider: null, campaign_id_hint: '120210' })).toEqual({ ...unmatched, provider: '' })
  })

  test.each(['organic', 'email', 'direct'] as const)('%s stays %s, whatever it hints at', (bucket) => {
    const hints = { provider: 'meta', campaign_id_hint: '120210', campaign_name_hint: 'Spring Sale' }
    expect(earned({ bucket, ...hints })).toEqual({ bucket, provider: '', campaign_id: '' })
  })
})

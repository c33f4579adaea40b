import { describe, expect, test } from 'vitest'
import { campaignFinder, earnerOf } from '../../../shared/attribution/match.ts'
import { visit } from './journey.ts'

const named = (provider: string, campaign_id: string, name: string, [since, until]: (string | null)[] = []) => ({
  provider,
  campaign_id,
  name,
  since: since ? new Date(since) : null,
  until: until ? new Date(until) : null,
})
const find = campaignFinder([
  named('meta', '120210', 'Spring Sale'),
  named('meta', '120211', 'Always on'),
  named('meta', '120212', ' always ON '),
  named('google', '777', 'Brand'),
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

  test('paid by nobody we know is unmatched paid; an id that one provider alone has tells who it was', () => {
    expect(earned({ provider: null, campaign_name_hint: 'Spring Sale' })).toEqual({ ...unmatched, provider: '' })
    expect(earned({ provider: null, campaign_id_hint: '999' })).toEqual({ ...unmatched, provider: '' })
    expect(earned({ provider: null, campaign_id_hint: '777' })).toEqual({
      bucket: 'campaign',
      provider: 'google',
      campaign_id: '777',
    })
    const twice = campaignFinder([named('meta', '5', 'A'), named('tiktok', '5', 'B')])
    expect(earnerOf(visit(at, { provider: null, campaign_id_hint: '5' }), twice).bucket).toBe('unmatched_paid')
  })

  test.each(['organic', 'email', 'direct'] as const)('%s stays %s, whatever it hints at', (bucket) => {
    const hints = { provider: 'meta', campaign_id_hint: '120210', campaign_name_hint: 'Spring Sale' }
    expect(earned({ bucket, ...hints })).toEqual({ bucket, provider: '', campaign_id: '' })
  })
})

describe('a name that changes hands', () => {
  const moved = '2026-04-01T00:00:00.000Z'
  const after = campaignFinder([
    named('meta', '1', 'Spring', [null, moved]),
    named('meta', '1', 'Spring, old', [moved, null]),
    named('meta', '2', 'Spring 2', [null, moved]),
    named('meta', '2', 'Spring', [moved, null]),
  ])
  const campaignAt = (when: string, name: string) =>
    earnerOf(visit(when, { campaign_name_hint: name }), after).campaign_id

  test('belongs at each instant to the campaign that bore it then, the new one from the very change on', () => {
    expect(campaignAt('2026-03-31T23:59:59.999Z', 'Spring')).toBe('1')
    expect(campaignAt(moved, 'Spring')).toBe('2')
  })

  test('a name that was given up is nobody’s any more, one that is to come nobody’s yet', () => {
    expect(campaignAt(moved, 'Spring 2')).toBe('')
    expect(campaignAt('2026-03-01T00:00:00.000Z', 'Spring, old')).toBe('')
  })
})

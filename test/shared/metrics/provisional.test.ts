import { expect, it } from 'vitest'
import { AD_PLATFORMS, provisionalFrom } from '../../../shared/metrics/provisional.ts'

const TODAY = '2026-11-20'
const asOf = { today: TODAY, platforms: AD_PLATFORMS, pendingSince: null }

it.each([
  ['never', asOf, null],
  ['spend', asOf, '2026-11-18'],
  ['claimed', { ...asOf, platforms: ['meta'] }, '2026-10-24'],
  ['claimed', { ...asOf, platforms: ['tiktok', 'shopify'] }, '2026-10-24'],
  ['claimed', { ...asOf, platforms: ['meta', 'google-ads'] }, '2026-10-22'],
  ['claimed', { ...asOf, platforms: ['shopify'] }, null],
  ['credited', asOf, null],
  ['credited', { ...asOf, pendingSince: '2026-11-19' }, '2026-11-19'],
] as const)('%s may still change: %o from %s on', (rule, at, from) => {
  expect(provisionalFrom(rule, at)).toBe(from)
})

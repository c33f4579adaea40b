import { describe, expect, test } from 'vitest'
import { adSetRows, campaignRows } from '../../../functions/sync-meta/rows/objects.ts'
import { insightRows, readAccount } from '../../../functions/sync-meta/rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { ACCOUNT } from './meta-api.ts'

const FETCHED = '2026-11-10T17:00:00.000Z'
const inCurrency = (currency: string) => readAccount({ ...ACCOUNT, currency }, FETCHED)
const insight = (fields: object = {}) => ({
  account_id: '212551616838260',
  account_currency: 'USD',
  campaign_id: '23846765228240398',
  campaign_name: 'Prospecting',
  date_start: '2026-11-01',
  date_stop: '2026-11-01',
  ...fields,
})
const campaign = (fields: object = {}) => ({
  id: '120208325579370399',
  account_id: '111',
  name: 'New Test Campaign',
  ...fields,
})
const performance = (fields: object = {}) => insightRows([insight(fields)], FETCHED).rows.ad_performance?.[0]
const budget = (currency: string, daily_budget: string) =>
  campaignRows([campaign({ daily_budget })], inCurrency(currency), FETCHED).rows.campaigns?.[0]?.daily_budget_micros
const refusal = (work: () => unknown): AppError => {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error('nothing was refused')
}

describe('account', () => {
  test('a row with the state in words', () => {
    const { rows, drift, timeZone, currency } = readAccount(ACCOUNT, FETCHED)
    expect(rows.ad_accounts).toEqual([
      {
        provider: 'meta',
        account_id: '212551616838260',
        name: 'Acme',
        currency: 'USD',
        time_zone: 'UTC',
        status: 'ACTIVE',
        fetched_at: FETCHED,
      },
    ])
    expect({ drift, timeZone, currency }).toEqual({ drift: {}, timeZone: 'UTC', currency: 'USD' })
  })

  test('what we do not know is kept and counted', () => {
    const { rows, drift } = readAccount({ ...ACCOUNT, account_status: 55, currency: 'XQQ', tax_id: '1' }, FETCHED)
    expect(rows.ad_accounts?.[0]).toMatchObject({ status: '55', currency: 'XQQ' })
    expect(drift).toEqual({ 'account.account_status=55': 1, 'account.currency=XQQ': 1, 'account.tax_id': 1 })
  })

  test('days cannot be cut in a time zone that nobody knows', () => {
    const failure = refusal(() => readAccount({ ...ACCOUNT, timezone_name: 'Mars/Olympus' }, FETCHED))
    expect(failure).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE', details: { fields: ['timezone_name'] } })
  })
})

describe('campaigns', () => {
  test('a campaign as Meta writes it', () => {
    const node = campaign({
      objective: 'OUTCOME_AWARENESS',
      status: 'ACTIVE',
      effective_status: 'ARCHIVED',
      daily_budget: '5000',
      lifetime_budget: '0',
      start_time: '2024-03-12T15:02:47-0700',
      stop_time: '1969-12-31T16:00:00-0800',
      updated_time: '2024-03-12T15:02:47+0530',
    })
    const { rows, drift } = campaignRows([node], inCurrency('USD'), FETCHED)
    expect(rows.campaigns).toEqual([
      {
        provider: 'meta',
        campaign_id: '120208325579370399',
        account_id: '111',
        name: 'New Test Campaign',
        status: 'ARCHIVED',
        objective: 'OUTCOME_AWARENESS',
        daily_budget_micros: 50_000_000n,
        lifetime_budget_micros: null,
        currency: 'USD',
        started_at: '2024-03-12T22:02:47.000Z',
        stopped_at: null,
        updated_at: '2024-03-12T09:32:47.000Z',
        fetched_at: FETCHED,
      },
    ])
    expect(drift).toEqual({})
  })

  test.each([
    ['USD', '5000', 50_000_000n],
    ['JPY', '5000', 5_000_000_000n],
    ['KWD', '5000', 50_000_000n],
    ['HUF', '5000', 5_000_000_000n],
    ['XQQ', '5000', 50_000_000n],
  ])('a budget in %s counts in the units Meta uses for it', (currency, minor, micros) => {
    expect(budget(currency, minor)).toBe(micros)
  })

  test('unknown fields and values are kept and counted, ids stay text', () => {
    const nodes = [
      campaign({ id: '9223372036854775807', effective_status: 'FROZEN', objective: 'OUTCOME_FAME' }),
      campaign({ new_field: {} }),
      campaign({ new_field: 1 }),
    ]
    const { rows, drift } = campaignRows(nodes, inCurrency('USD'), FETCHED)
    expect(rows.campaigns?.[0]).toMatchObject({
      campaign_id: '9223372036854775807',
      status: 'FROZEN',
      objective: 'OUTCOME_FAME',
    })
    expect(rows.campaigns?.[1]).toMatchObject({ status: null, objective: null, daily_budget_micros: null })
    expect(drift).toEqual({
      'campaigns.status=FROZEN': 1,
      'campaigns.objective=OUTCOME_FAME': 1,
      'campaigns.new_field': 2,
    })
  })

  test('names that the database could not store are mended', () => {
    const { rows } = campaignRows([campaign({ name: 'a\0b\ud800' })], inCurrency('USD'), FETCHED)
    expect(rows.campaigns?.[0]?.name).toBe('ab\ufffd')
  })
})

describe('ad sets', () => {
  const adSet = {
    id: '120208325579370400',
    account_id: '111',
    campaign_id: '120208325579370399',
    name: 'New Test Ad Set',
  }

  test('an ad set as Meta writes it', () => {
    const node = {
      ...adSet,
      effective_status: 'CAMPAIGN_PAUSED',
      daily_budget: '600',
      lifetime_budget: '0',
      start_time: '2024-03-12T15:02:47-0700',
      end_time: '1970-01-01T00:00:00+0000',
      updated_time: '2024-03-02T15:02:47-0700',
    }
    const { rows, drift } = adSetRows([node], inCurrency('JPY'), FETCHED)
    expect(rows.ad_sets).toEqual([
      {
        provider: 'meta',
        ad_set_id: '120208325579370400',
        campaign_id: '120208325579370399',
        account_id: '111',
        name: 'New Test Ad Set',
        status: 'CAMPAIGN_PAUSED',
        daily_budget_micros: 600_000_000n,
        lifetime_budget_micros: null,
        currency: 'JPY',
        started_at: '2024-03-12T22:02:47.000Z',
        stopped_at: null,
        updated_at: '2024-03-02T22:02:47.000Z',
        fetched_at: FETCHED,
      },
    ])
    expect(drift).toEqual({})
  })

  test('budgets that come as numbers are read, what is no whole number refuses the page', () => {
    const rows = (daily_budget: unknown) => adSetRows([{ ...adSet, daily_budget }], inCurrency('USD'), FETCHED).rows
    expect(rows(600)).toMatchObject({ ad_sets: [{ daily_budget_micros: 6_000_000n }] })
    expect(refusal(() => rows(6.5))).toMatchObject({ details: { fields: ['daily_budget'] } })
  })

  test('unknown states and fields are kept and counted', () => {
    const { rows, drift } = adSetRows([{ ...adSet, status: 'FROZEN', targeting: {} }], inCurrency('USD'), FETCHED)
    expect(rows.ad_sets?.[0]?.status).toBe('FROZEN')
    expect(drift).toEqual({ 'ad_sets.status=FROZEN': 1, 'ad_sets.targeting': 1 })
  })
})

describe('daily insights', () => {
  test('a full row: spend in major units, one kind of purchase', () => {
    const action = (action_type: string, value: string) => ({ action_type, value, '7d_click': value })
    const row = performance({
      spend: '12.34',
      impressions: '345',
      clicks: '9',
      actions: [
        action('link_click', '9'),
        action('offsite_conversion.fb_pixel_purchase', '2'),
        action('purchase', '3'),
        action('omni_purchase', '4'),
      ],
      action_values: [
        action('offsite_conversion.fb_pixel_purchase', '100.5'),
        action('purchase', '154.20'),
        action('omni_purchase', '200.01'),
      ],
    })
    expect(row).toEqual({
      provider: 'meta',
      campaign_id: '23846765228240398',
      day: '2026-11-01',
      account_id: '212551616838260',
      campaign_name: 'Prospecting',
      currency: 'USD',
      spend_micros: 12_340_000n,
      impressions: 345n,
      clicks: 9n,
      claimed_conversions: '4',
      claimed_value_micros: 200_010_000n,
      fetched_at: FETCHED,
    })
  })

  test.each([
    [['purchase', 'offsite_conversion.fb_pixel_purchase'], '1'],
    [['offsite_conversion.fb_pixel_purchase'], '1'],
    [['offsite_conversion.fb_pixel_purchase', 'omni_purchase', 'purchase'], '2'],
    [['onsite_conversion.purchase', 'link_click'], '0'],
  ])('of %j one counts', (types, claimed) => {
    const actions = types.map((action_type, index) => ({ action_type, value: String(index + 1) }))
    expect(performance({ actions, action_values: actions })).toMatchObject({
      claimed_conversions: claimed,
      claimed_value_micros: BigInt(claimed) * 1_000_000n,
    })
  })

  test('count and value come from the same kind, so that they belong together', () => {
    const actions = [{ action_type: 'omni_purchase', value: '2' }]
    const action_values = [{ action_type: 'purchase', value: '50' }]
    expect(performance({ actions, action_values })).toMatchObject({
      claimed_conversions: '2',
      claimed_value_micros: 0n,
    })
  })

  test('what is absent is zero', () => {
    const zero = {
      spend_micros: 0n,
      impressions: 0n,
      clicks: 0n,
      claimed_conversions: '0',
      claimed_value_micros: 0n,
    }
    expect(performance()).toMatchObject(zero)
    expect(performance({ actions: [{ action_type: 'purchase' }] })).toMatchObject(zero)
  })

  test.each([
    ['JPY', '12345', 12_345_000_000n],
    ['KWD', '12.345', 12_345_000n],
    ['USD', '0.1', 100_000n],
    ['USD', '1.0000005', 1_000_001n],
    ['USD', '1.00000049', 1_000_000n],
    ['USD', '-1.0000005', -1_000_001n],
    ['IDR', '999999999999.99', 999_999_999_999_990_000n],
  ])('%s %s', (account_currency, spend, micros) => {
    expect(performance({ account_currency, spend })).toMatchObject({ currency: account_currency, spend_micros: micros })
  })

  test('a later read of the same day is the same row with other numbers', () => {
    const first = performance({ spend: '100.00', actions: [{ action_type: 'purchase', value: '75' }] })
    const later = performance({ spend: '101.00', actions: [{ action_type: 'purchase', value: '100' }] })
    expect([first?.campaign_id, first?.day]).toEqual([later?.campaign_id, later?.day])
    expect([first?.claimed_conversions, later?.claimed_conversions]).toEqual(['75', '100'])
    expect(later?.spend_micros).toBe(101_000_000n)
  })

  test.each([
    ['a number for a string', { impressions: 345 }, 'impressions'],
    ['a rounded 64-bit id', { campaign_id: Number('23846765228240398') }, 'campaign_id'],
    ['an object', { spend: { value: '1' } }, 'spend'],
    ['an exponent', { spend: '1e5' }, 'spend'],
    ['a day that is none', { date_start: '2026-02-29' }, 'date_start'],
    ['a row over two days', { date_stop: '2026-11-02' }, 'date_stop'],
    ['a missing name', { campaign_name: undefined }, 'campaign_name'],
    ['a value that is none', { actions: [{ action_type: 'purchase', value: 3 }] }, 'actions.0.value'],
    [
      'one kind of purchase twice',
      {
        actions: [
          { action_type: 'purchase', value: '1' },
          { action_type: 'purchase', value: '2' },
        ],
      },
      'actions',
    ],
  ])('%s refuses the whole page', (_, wrong, field) => {
    const failure = refusal(() => insightRows([insight(), insight(wrong)], FETCHED))
    expect(failure).toMatchObject({ code: 'PROVIDER_BAD_RESPONSE', details: { fields: [field] } })
  })
})

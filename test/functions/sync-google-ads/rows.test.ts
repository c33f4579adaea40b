import { describe, expect, it } from 'vitest'
import { instantOf } from '../../../functions/sync-google-ads/rows/wall-time.ts'
import { type Account, campaignRows, dayRows, readAccount } from '../../../functions/sync-google-ads/rows.ts'
import { parseExact } from '../../../shared/sync/exact-json.ts'

const AT = '2026-11-10T17:00:00.000Z'
const NEW_YORK: Account = { rows: {}, drift: {}, accountId: '46', currency: 'USD', timeZone: 'America/New_York' }

/** Rows as they come off the wire. */
const wire = (text: string): readonly unknown[] => parseExact(`[${text}]`) as unknown[] // an array by its brackets

const spent = (metrics: string, { id = '"7"', date = '2026-11-01' } = {}): readonly unknown[] =>
  wire(`{"campaign":{"resourceName":"customers/46/campaigns/7","id":${id},"name":"Brand"},
    "segments":{"date":"${date}"}${metrics}}`)
const bought = (metrics: string): readonly unknown[] =>
  wire(`{"campaign":{"resourceName":"customers/46/campaigns/7","id":"7","name":"Brand"},
    "segments":{"date":"2026-11-01","conversionActionCategory":"PURCHASE"}${metrics}}`)
const dayOf = (metrics: readonly unknown[], purchases: readonly unknown[] = []) =>
  dayRows({ metrics, purchases, fetchedAt: AT }, NEW_YORK)
const refusal = (fields: string[]) => expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE', details: { fields } })

describe('a day', () => {
  it('keeps money and conversions to the last digit', () => {
    const metrics = ',"metrics":{"costMicros":"9007199254740993","impressions":"9007199254740995","clicks":"3"}'
    const purchases = ',"metrics":{"conversions":1.4999999999999998,"conversionsValue":123456789.12345651}'
    const { rows, drift } = dayOf(spent(metrics, { id: '"9223372036854775807"' }))
    expect(rows.ad_performance?.[0]).toMatchObject({
      campaign_id: '9223372036854775807',
      spend_micros: 9007199254740993n,
      impressions: 9007199254740995n,
    })
    expect(drift).toEqual({})
    expect(dayOf(spent(metrics), bought(purchases)).rows.ad_performance).toEqual([
      {
        provider: 'google-ads',
        campaign_id: '7',
        day: '2026-11-01',
        account_id: '46',
        campaign_name: 'Brand',
        currency: 'USD',
        spend_micros: 9007199254740993n,
        impressions: 9007199254740995n,
        clicks: 3n,
        claimed_conversions: '1.4999999999999998',
        claimed_value_micros: 123456789123457n,
        fetched_at: AT,
      },
    ])
  })

  it.each([
    ['', '0', 0n],
    [',"metrics":{}', '0', 0n],
    [',"metrics":{"conversions":2}', '2', 0n],
    [',"metrics":{"conversions":2.0,"conversionsValue":0.0000005}', '2.0', 1n],
    [',"metrics":{"conversions":1.5e-7,"conversionsValue":1.2E3}', '0.00000015', 1_200_000_000n],
    [',"metrics":{"conversions":-0.25,"conversionsValue":-0.0000005}', '-0.25', -1n],
  ])('with purchases of %s claims %s and %s micros', (metrics, conversions, micros) => {
    expect(dayOf(spent(''), bought(metrics)).rows.ad_performance).toMatchObject([
      { spend_micros: 0n, claimed_conversions: conversions, claimed_value_micros: micros },
    ])
  })

  it('is kept when only one of the two queries has it', () => {
    expect(dayOf(spent(',"metrics":{"clicks":"4"}')).rows.ad_performance).toMatchObject([
      { clicks: 4n, claimed_conversions: '0', claimed_value_micros: 0n },
    ])
    expect(dayOf([], bought(',"metrics":{"conversions":0.5}')).rows.ad_performance).toMatchObject([
      { campaign_name: 'Brand', clicks: 0n, spend_micros: 0n, impressions: 0n, claimed_conversions: '0.5' },
    ])
  })

  it('that comes twice in one answer is refused: which of them counts, nobody knows', () => {
    const twice = [...spent(',"metrics":{"clicks":"4"}'), ...spent(',"metrics":{"clicks":"5"}')]
    expect(() => dayOf(twice)).toThrow(refusal(['segments.date']))
    expect(() => dayOf([], [...bought(''), ...bought('')])).toThrow(refusal(['segments.date']))
  })

  it.each([
    ['a fraction of micros', ',"metrics":{"costMicros":"1.5"}', 'metrics.costMicros'],
    ['more than 64 bits', ',"metrics":{"clicks":"99999999999999999999"}', 'metrics.clicks'],
    ['no number', ',"metrics":{"costMicros":{}}', 'metrics.costMicros'],
  ])('with %s refuses the page', (_, metrics, field) => {
    expect(() => dayOf(spent(metrics))).toThrow(refusal([field]))
  })

  it.each([
    ['NaN', ',"metrics":{"conversions":"NaN"}', 'metrics.conversions'],
    ['a value beyond all money', ',"metrics":{"conversionsValue":1e40}', 'metrics.conversionsValue'],
  ])('with purchases of %s refuses the page', (_, metrics, field) => {
    expect(() => dayOf([], bought(metrics))).toThrow(refusal([field]))
  })

  it('with other conversions than were asked for refuses the page: they are no purchases', () => {
    const [row] = bought('')
    const other = { ...(row as object), segments: { date: '2026-11-01', conversionActionCategory: 'SIGNUP' } }
    expect(() => dayOf([], [other])).toThrow(refusal(['segments.conversionActionCategory']))
  })

  it('counts what we do not know, also inside its resources', () => {
    const odd = wire(`{"campaign":{"id":"7","labels":[]},"segments":{"date":"2026-11-01","week":"x"},"network":1}`)
    expect(dayOf(odd).drift).toEqual({
      'daily_metrics.campaign.labels': 1,
      'daily_metrics.segments.week': 1,
      'daily_metrics.network': 1,
    })
  })
})

describe('a campaign', () => {
  const campaignOf = (campaign: object, campaignBudget?: object) =>
    campaignRows([{ campaign: { id: '7', ...campaign }, campaignBudget }], NEW_YORK, AT)

  it('has its budget in micros, its channel as objective and its days on the account’s clock', () => {
    const { rows, drift } = campaignOf(
      {
        name: 'Brand\0',
        status: 'REMOVED',
        advertisingChannelType: 'PERFORMANCE_MAX',
        startDateTime: '2026-11-01 00:00:00',
        endDateTime: '2026-11-01 23:59:59',
      },
      { amountMicros: '750000', totalAmountMicros: '0' },
    )
    expect(rows.campaigns).toEqual([
      {
        provider: 'google-ads',
        campaign_id: '7',
        account_id: '46',
        name: 'Brand',
        status: 'REMOVED',
        objective: 'PERFORMANCE_MAX',
        daily_budget_micros: 750_000n,
        lifetime_budget_micros: null,
        currency: 'USD',
        started_at: '2026-11-01T04:00:00.000Z',
        stopped_at: '2026-11-02T04:59:59.000Z',
        updated_at: null,
        fetched_at: AT,
      },
    ])
    expect(drift).toEqual({})
  })

  it('of a new kind is kept and counted; without a name, a budget of the day or an end it has none', () => {
    const whole = { amountMicros: '0', totalAmountMicros: '5000000' }
    const { rows, drift } = campaignOf({ status: 'DREAMING', advertisingChannelType: 'HOLOGRAM' }, whole)
    expect(rows.campaigns).toMatchObject([
      { name: '7', status: 'DREAMING', objective: 'HOLOGRAM', daily_budget_micros: null, stopped_at: null },
    ])
    expect(rows.campaigns?.[0]?.lifetime_budget_micros).toBe(5_000_000n)
    expect(drift).toEqual({ 'campaigns.status=DREAMING': 1, 'campaigns.advertisingChannelType=HOLOGRAM': 1 })
  })
})

describe('an account', () => {
  const customer = { id: '46', currencyCode: 'USD', timeZone: 'Asia/Tokyo', status: 'ENABLED' }
  const accountOf = (fields: object) => readAccount([{ customer: { ...customer, ...fields } }], AT)

  it('has its own zone and currency', () => {
    expect(accountOf({ descriptiveName: 'Acme' })).toEqual({
      rows: {
        ad_accounts: [
          {
            provider: 'google-ads',
            account_id: '46',
            name: 'Acme',
            currency: 'USD',
            time_zone: 'Asia/Tokyo',
            status: 'ENABLED',
            fetched_at: AT,
          },
        ],
      },
      drift: {},
      accountId: '46',
      currency: 'USD',
      timeZone: 'Asia/Tokyo',
    })
  })

  it('that is a manager, or whose days could not be cut, is refused', () => {
    expect(() => accountOf({ manager: true })).toThrow(expect.objectContaining({ code: 'PROVIDER_REJECTED' }))
    expect(() => accountOf({ manager: true })).toThrow(/connect one of its client accounts/)
    expect(() => accountOf({ timeZone: 'Mars/Olympus' })).toThrow(refusal(['customer.timeZone']))
    expect(() => readAccount([], AT)).toThrow(refusal(['customer.timeZone']))
  })
})

it.each([
  ['2026-03-08T00:00:00', 'America/New_York', '2026-03-08T05:00:00.000Z'],
  ['2026-03-08T23:59:59', 'America/New_York', '2026-03-09T03:59:59.000Z'],
  ['2026-11-01T12:00:00', 'America/New_York', '2026-11-01T17:00:00.000Z'],
  ['2037-12-30T23:59:59', 'UTC', null],
])('%s in %s is %s', (wall, zone, instant) => {
  expect(instantOf(wall, zone)).toBe(instant)
})

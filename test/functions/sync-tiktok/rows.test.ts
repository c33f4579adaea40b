import { describe, expect, it } from 'vitest'
import { type Account, campaignRows, readAccount, reportRows } from '../../../functions/sync-tiktok/rows.ts'
import { parseExact } from '../../../shared/sync/exact-json.ts'

const AT = '2026-11-10T17:00:00.000Z'
const ID = '7002238017842757633'
const DINAR: Account = { rows: {}, drift: {}, accountId: ID, currency: 'KWD', timeZone: 'Asia/Kuwait' }

/** Nodes as they come off the wire. */
const wire = (text: string): readonly unknown[] => parseExact(`[${text}]`) as unknown[] // an array by its brackets
const accountOf = (fields: string) =>
  readAccount(
    {
      data: {
        list: wire(`{"advertiser_id":"${ID}","currency":"USD","display_timezone":"America/Los_Angeles"${fields}}`),
      },
      fetchedAt: AT,
    },
    ID,
  )
const campaign = (fields: string, id = '"1790000000000000001"') =>
  campaignRows(wire(`{"campaign_id":${id},"campaign_name":"Spark Ads"${fields}}`), DINAR, AT)
const report = (metrics: string, id = '"1790000000000000001"') =>
  reportRows(
    wire(`{"dimensions":{"campaign_id":${id},"stat_time_day":"2026-11-01 00:00:00"},"metrics":{${metrics}}}`),
    DINAR,
    AT,
  )
const dayOf = (metrics: string) => report(metrics).rows.ad_performance?.[0]
const refused = (...fields: string[]) => expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE', details: { fields } })

describe('an advertiser', () => {
  it('is cut in the zone that it shows, not in the one without clock changes', () => {
    const { rows, drift, timeZone } = accountOf(',"timezone":"Etc/GMT+8","name":"Acme","status":"STATUS_ENABLE"')
    expect(rows.ad_accounts).toEqual([
      {
        provider: 'tiktok',
        account_id: ID,
        name: 'Acme',
        currency: 'USD',
        time_zone: 'America/Los_Angeles',
        status: 'STATUS_ENABLE',
        fetched_at: AT,
      },
    ])
    expect([timeZone, drift]).toEqual(['America/Los_Angeles', { 'advertiser.timezone': 1 }])
  })

  it('that is another one, or whose days could not be cut, is refused', () => {
    const other = {
      data: { list: wire('{"advertiser_id":"7","currency":"USD","display_timezone":"UTC"}') },
      fetchedAt: AT,
    }
    expect(() => readAccount(other, ID)).toThrow(expect.objectContaining({ code: 'PROVIDER_NOT_FOUND' }))
    expect(() => readAccount({ data: {}, fetchedAt: AT }, ID)).toThrow(refused('list'))
    expect(() => accountOf(',"display_timezone":"Mars/Olympus"')).toThrow(refused('display_timezone'))
  })
})

describe('a campaign', () => {
  it('as TikTok writes it, with times in UTC', () => {
    const { rows, drift } = campaign(
      `,"advertiser_id":"${ID}","objective_type":"WEB_CONVERSIONS","budget":50.125,"budget_mode":"BUDGET_MODE_DAY",
      "operation_status":"ENABLE","secondary_status":"CAMPAIGN_STATUS_DELETE","create_time":"2026-10-01 12:00:00",
      "modify_time":"2026-10-02 23:59:59"`,
    )
    expect(rows.campaigns).toEqual([
      {
        provider: 'tiktok',
        campaign_id: '1790000000000000001',
        account_id: ID,
        name: 'Spark Ads',
        status: 'CAMPAIGN_STATUS_DELETE',
        objective: 'WEB_CONVERSIONS',
        daily_budget_micros: 50_125_000n,
        lifetime_budget_micros: null,
        currency: 'KWD',
        started_at: '2026-10-01T12:00:00Z',
        stopped_at: null,
        updated_at: '2026-10-02T23:59:59Z',
        fetched_at: AT,
      },
    ])
    expect(drift).toEqual({ 'campaigns.advertiser_id': 1 })
  })

  it.each([
    ['"BUDGET_MODE_DAY"', '20', [20_000_000n, null]],
    ['"BUDGET_MODE_DYNAMIC_DAILY_BUDGET"', '"20.5"', [20_500_000n, null]],
    ['"BUDGET_MODE_TOTAL"', '1.0E7', [null, 10_000_000_000_000n]],
    ['"BUDGET_MODE_INFINITE"', '0.0', [null, null]],
    ['"BUDGET_MODE_TOTAL"', '0', [null, null]],
    ['"BUDGET_MODE_WEEK"', '5', [null, null]],
    ['null', 'null', [null, null]],
  ])('has the budget that its mode says: %s %s', (mode, budget, budgets) => {
    const { rows, drift } = campaign(`,"budget_mode":${mode},"budget":${budget}`)
    const row = rows.campaigns?.[0]
    expect([row?.daily_budget_micros, row?.lifetime_budget_micros]).toEqual(budgets)
    expect(drift).toEqual(mode === '"BUDGET_MODE_WEEK"' ? { 'campaigns.budget_mode=BUDGET_MODE_WEEK': 1 } : {})
  })

  it('keeps every digit of an id that comes as a number', () => {
    expect(campaign('', '9007199254740993').rows.campaigns?.[0]?.campaign_id).toBe('9007199254740993')
    expect(report('', '1790000000000000001').rows.ad_performance?.[0]?.campaign_id).toBe('1790000000000000001')
    expect(() => campaign('', '1.79e18')).toThrow(refused('campaign_id'))
  })

  it('with words that we do not know is kept and counted', () => {
    const { rows, drift } = campaign(',"objective_type":"DREAMS","secondary_status":"CAMPAIGN_STATUS_ASLEEP"')
    expect(rows.campaigns?.[0]).toMatchObject({ objective: 'DREAMS', status: 'CAMPAIGN_STATUS_ASLEEP' })
    expect(drift).toEqual({
      'campaigns.objective_type=DREAMS': 1,
      'campaigns.secondary_status=CAMPAIGN_STATUS_ASLEEP': 1,
    })
  })
})

describe("a campaign's day", () => {
  it('adds up the three legs of its purchases, to the last digit', () => {
    expect(
      dayOf(`"campaign_name":"Spark Ads","spend":"1234.567","impressions":"4696","clicks":51,
      "complete_payment":"3","total_complete_payment_rate":"100.001",
      "total_purchase":2,"total_purchase_value":0.1,
      "onsite_shopping":"1.0","total_onsite_shopping_value":"123456789.0123456"`),
    ).toEqual({
      provider: 'tiktok',
      campaign_id: '1790000000000000001',
      day: '2026-11-01',
      account_id: ID,
      campaign_name: 'Spark Ads',
      currency: 'KWD',
      spend_micros: 1_234_567_000n,
      impressions: 4696n,
      clicks: 51n,
      claimed_conversions: '6',
      claimed_value_micros: 123_456_889_113_346n,
      fetched_at: AT,
    })
  })

  it.each([
    ['"-"', '"-"', [null, null]],
    ['null', 'null', [null, null]],
    ['"0"', '"0.00"', ['0', 0n]],
    ['0', '0', ['0', 0n]],
    ['"7"', '"-"', ['7', null]],
  ])('claims what is measured: %s and %s beside "-"', (count, value, claimed) => {
    const row = dayOf(`"complete_payment":${count},"total_complete_payment_rate":${value},"total_purchase":"-",
      "total_purchase_value":"-","onsite_shopping":null`)
    expect([row?.claimed_conversions, row?.claimed_value_micros]).toEqual(claimed)
    expect(row).toMatchObject({ spend_micros: 0n, impressions: 0n, clicks: 0n, campaign_name: '1790000000000000001' })
  })

  it('with anything else is refused, and with it its page', () => {
    expect(() => report('"spend":"12,50"')).toThrow(refused('metrics.spend'))
    expect(() => report('"clicks":"1.5"')).toThrow(refused('metrics.clicks'))
    expect(() => report('"spend":{"value":"1"}')).toThrow(refused('metrics.spend'))
    const hour = '{"dimensions":{"campaign_id":"1","stat_time_day":"2026-11-01 01:00:00"},"metrics":{}}'
    expect(() => reportRows(wire(hour), DINAR, AT)).toThrow(refused('dimensions.stat_time_day'))
  })
})

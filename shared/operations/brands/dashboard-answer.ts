import type * as z from 'zod'
import { instantOrNull, moneyOrNull } from '../wire.ts'
import type { Dashboard } from './dashboard-output.ts'
import type { CampaignRow, ChannelRow, ConnectionRow, DayRow, EarnedRow } from './dashboard-read.ts'
import { roasOf } from './kpis.ts'
import { eachDay, type Period } from './period.ts'

type Answer = z.input<typeof Dashboard>

const numberOrNull = (count: bigint | null): number | null => (count === null ? null : Number(count))

/** Every day of the period; one without a row is a day on which nothing happened. */
export function dailyOnWire(rows: readonly DayRow[], period: Period, currency: string): Answer['daily'] {
  const byDay = new Map(rows.map((row) => [row.day, row]))
  return eachDay(period).map((day) => {
    const row = byDay.get(day)
    const nothing = row === undefined ? 0n : null
    return {
      day,
      gross: moneyOrNull(row?.gross ?? nothing, currency),
      net: moneyOrNull(row?.net ?? nothing, currency),
      orders: numberOrNull(row?.orders ?? nothing),
      new_customers: numberOrNull(row?.new_customers ?? nothing),
      spend: moneyOrNull(row?.spend ?? (row && row.incomplete_ads > 0n ? null : 0n), currency),
    }
  })
}

export const channelOnWire = (row: ChannelRow, currency: string): Answer['channels'][number] => ({
  bucket: row.bucket,
  ...earnedOnWire(row, currency),
})

export const campaignOnWire = (row: CampaignRow, currency: string): Answer['campaigns'][number] => ({
  campaign_id: row.campaign_id,
  name: row.name,
  status: row.status,
  ...earnedOnWire(row, currency),
})

const earnedOnWire = (row: EarnedRow, currency: string) => ({
  provider: row.provider,
  spend: moneyOrNull(row.spend, currency),
  impressions: numberOrNull(row.impressions),
  clicks: numberOrNull(row.clicks),
  credited_net: moneyOrNull(row.net, currency),
  credited_orders: row.orders,
  credited_new_customers: row.new_customers,
  roas: roasOf(row.touch_net ?? 0n, row.spend),
  claimed_conversions: row.claimed_conversions,
  claimed_value: moneyOrNull(row.claimed_value, currency),
})

export const connectionOnWire = (row: ConnectionRow): Answer['freshness'][number] => ({
  integration_id: row.integration_id,
  platform: row.platform,
  account_name: row.account_name,
  status: row.status,
  last_synced_at: instantOrNull(row.last_synced_at),
  complete_until: instantOrNull(row.complete_until),
  error: row.sync_error_code === null ? null : { code: row.sync_error_code, message: row.sync_error_message ?? '' },
})

import { join } from 'node:path'
import * as z from 'zod'
import { exists, jsonFile, rows } from '../recorded-files.ts'
import type { TikTokReport, TikTokStore } from '../world.ts'

/** A number is taken only where a double holds it whole. */
const id = z.union([z.string().regex(/^\d+$/), z.int().transform(String)])
const Advertiser = z.looseObject({ advertiser_id: id, currency: z.string(), display_timezone: z.string() })
const Campaign = z.looseObject({ campaign_id: id })
const Report: z.ZodType<TikTokReport> = z.looseObject({
  dimensions: z.looseObject({ campaign_id: id, stat_time_day: z.string().regex(/^\d{4}-\d\d-\d\d 00:00:00$/) }),
  metrics: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
})

/** `<folder>/{advertiser.json, campaigns.jsonl[.gz], reports.jsonl[.gz]}`, a node of the wire a line; null without the first. */
export async function recordedTikTok(folder: string): Promise<TikTokStore | null> {
  const file = join(folder, 'advertiser.json')
  if (!(await exists(file))) return null
  const advertiser = await jsonFile(file, Advertiser)
  const reports = await rows(folder, 'reports', Report)
  const dayOf = ({ dimensions }: TikTokReport): string => dimensions.stat_time_day
  return {
    advertiser_id: advertiser.advertiser_id,
    access_token: '71c70crecorded',
    revoked: false,
    advertiser,
    campaigns: await rows(folder, 'campaigns', Campaign),
    reports: reports.sort((a, b) => (dayOf(a) < dayOf(b) ? -1 : dayOf(a) > dayOf(b) ? 1 : 0)),
  }
}

import type { Store, TikTokStore } from '../world.ts'

export type AdvertisingStore = Store & { tiktok: TikTokStore }
export const advertises = (store: Store): store is AdvertisingStore => store.tiktok !== null

/** What the account itself says, else the brand. */
export function settingsOf({ tiktok, time_zone }: AdvertisingStore): { timeZone: string } {
  const { display_timezone } = tiktok.advertiser
  return { timeZone: typeof display_timezone === 'string' ? display_timezone : time_zone }
}

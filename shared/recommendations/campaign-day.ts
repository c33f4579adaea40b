/** A settled day of a campaign, in units of the brand's currency. `net`: credited, on the touch's day. */
export type CampaignDay = { day: string; spend: number; net: number }

import type { Order } from '../../shared/attribution/credit.ts'
import { type CampaignFinder, type CampaignName, campaignFinder } from '../../shared/attribution/match.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Db } from '../../shared/db/transaction.ts'
import type { Brand } from './brand.ts'

/** Finds among the brand's campaigns, by the names that they have and had; no statement when no touch of the orders is paid. */
export async function loadCampaigns(
  db: Db,
  { tenant_id, brand_id }: Brand,
  orders: readonly Order[],
): Promise<CampaignFinder> {
  if (!orders.some(({ touches }) => touches.some(({ bucket }) => bucket === 'paid'))) return campaignFinder([])
  return campaignFinder(
    await db.query<CampaignName>(sql`
      select provider, campaign_id, name, valid_until as until,
        lag(valid_until) over (partition by provider, campaign_id order by valid_until nulls last) as since
      from (
        select provider, campaign_id, name, null::timestamptz as valid_until from campaigns
        where tenant_id = ${tenant_id} and brand_id = ${brand_id}
        union all
        select provider, campaign_id, name, valid_until from campaign_names
        where tenant_id = ${tenant_id} and brand_id = ${brand_id}
      ) names`),
  )
}

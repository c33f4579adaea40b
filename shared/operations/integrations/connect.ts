import * as z from 'zod'
import { setAnswerCookie } from '../../answer-cookies.ts'
import { sql } from '../../db/sql.ts'
import { type Db, transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { authorizeUrl, OAUTH_PLATFORMS, OAUTH_PROVIDERS } from '../../oauth/providers.ts'
import { beginRoundTrip, STATE_SECONDS } from '../../oauth/state.ts'
import { operation } from '../../operation.ts'
import { shopDomain } from '../../shop-domain.ts'
import { actor } from '../../tenant.ts'
import { noSuchBrand } from '../brands/brand.ts'
import { fieldErrors } from '../call.ts'
import { Instant } from '../wire.ts'

export const connectIntegration = operation({
  name: 'connect_integration',
  description:
    'Begins connecting a shop or an ad account to a brand: send the browser to `authorize_url` before `expires_at`. The answer sets a cookie that binds the round trip to this browser. The provider sends the person back to us, and we to the dashboard, with `connected=<integration id>` or `error=<code>`.',
  http: { method: 'post', path: '/api/integrations/connect', status: 201 },
  permission: 'integrations:manage',
  input: z
    .object({
      brand_id: z.uuid(),
      platform: z.enum(OAUTH_PLATFORMS),
      shop: z.string().max(255).optional().describe('Shopify only: `<name>.myshopify.com`.'),
      account_id: z
        .string()
        .regex(/^\d{1,32}$/)
        .optional()
        .describe(
          'Where one sign-in opens several ad accounts: the one to connect. Default: the account this brand had before, else the first that is usable and no other brand has.',
        ),
    })
    .meta({
      examples: [
        {
          brand_id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
          platform: 'shopify',
          shop: 'northwind.myshopify.com',
        },
      ],
    }),
  output: z.object({ authorize_url: z.url(), expires_at: Instant }).meta({
    examples: [
      {
        authorize_url: 'https://northwind.myshopify.com/admin/oauth/authorize?client_id=3f2a&state=0192d3f4',
        expires_at: '2026-11-20T09:40:00.000Z',
      },
    ],
  }),
  run: async ({ brand_id, platform, shop: givenShop, account_id }) => {
    const provider = OAUTH_PROVIDERS[platform]
    const shop = shopOf(provider.needsShop, givenShop)
    if (provider.needsShop && account_id !== undefined)
      throw fieldErrors({ account_id: ['Not taken here: the shop is the account.'] })
    const { userId } = actor()
    if (userId === null) throw new AppError('FORBIDDEN', 'A connection is allowed by a person: sign in as one.')
    const begun = await transaction(async (db) => {
      await requireBrand(db, { brandId: brand_id, platform, accountId: shop ?? account_id ?? null })
      const accountId = account_id ?? null
      return beginRoundTrip(db, { userId, brandId: brand_id, platform, shop, accountId, pkce: provider.pkce })
    })
    setAnswerCookie({ ...begun.cookie, maxAgeSeconds: STATE_SECONDS })
    return { authorize_url: authorizeUrl(provider, { ...begun, shop }), expires_at: begun.expiresAt.toISOString() }
  },
})

function shopOf(needsShop: boolean, given: string | undefined): string | null {
  if (!needsShop && given !== undefined) throw fieldErrors({ shop: ['Only Shopify has shops.'] })
  if (!needsShop) return null
  const shop = shopDomain(given ?? '')
  if (shop === null) throw fieldErrors({ shop: ['Expected a shop domain such as "acme.myshopify.com".'] })
  return shop
}

/** Throws NOT_FOUND without the brand, CONFLICT when another brand of the tenant has the account. */
async function requireBrand(
  db: Db,
  { brandId, platform, accountId }: { brandId: string; platform: string; accountId: string | null },
): Promise<void> {
  const { tenantId } = actor()
  const brand = await db.one(sql`select brand_id from brands where tenant_id = ${tenantId} and brand_id = ${brandId}`)
  if (!brand) throw noSuchBrand()
  const other = await db.one<{ name: string }>(sql`
    select b.name from integrations i join brands b on b.tenant_id = i.tenant_id and b.brand_id = i.brand_id
    where i.tenant_id = ${tenantId} and i.platform = ${platform} and i.account_id = ${accountId}
      and i.brand_id <> ${brandId} and i.status <> 'disconnected'`)
  if (!other) return
  throw new AppError('CONFLICT', `This account is connected to the brand "${other.name}": disconnect it there first.`)
}

import { expect, it } from 'vitest'
import { clientAt, contextOf, NOW, pagesOf, shopServing } from './shop.ts'

const read = async (shop: object, brand: Parameters<typeof contextOf>[0] = {}) => {
  const { url } = await shopServing({ shop: { ...shop } })
  return pagesOf('shop', clientAt(url), { context: contextOf(brand) })
}

it('is one row of what the shop says of itself', async () => {
  const shop = { name: 'Mugs & Co', currencyCode: 'EUR', ianaTimezone: 'Europe/Berlin', taxesIncluded: true }
  const pages = await read(shop, { currency: 'EUR', timeZone: 'Europe/Berlin' })
  const row = { shop_id: '1', domain: 'unit.myshopify.com', name: 'Mugs & Co', currency: 'EUR' }
  const rest = { time_zone: 'Europe/Berlin', plan: 'Basic', taxes_included: true }
  const shops = [{ ...row, ...rest, fetched_at: new Date(NOW).toISOString() }]
  expect(pages).toEqual([{ rows: { shops }, count: 1, resume: null, position: null, drift: {} }])
})

it('tells when currency or time zone are not the brand’s', async () => {
  const pages = await read({ currencyCode: 'EUR', ianaTimezone: 'Europe/Berlin', plan: null })
  expect(pages[0]?.drift).toEqual({ 'shop.currencyCode=EUR': 1, 'shop.ianaTimezone=Europe/Berlin': 1 })
  expect(pages[0]?.rows.shops).toMatchObject([{ currency: 'EUR', time_zone: 'Europe/Berlin', plan: null }])
})

it('that is not as documented is refused', async () => {
  await expect(read({ taxesIncluded: 'no' })).rejects.toMatchObject({
    code: 'PROVIDER_BAD_RESPONSE',
    details: { path: 'shop.taxesIncluded' },
  })
})

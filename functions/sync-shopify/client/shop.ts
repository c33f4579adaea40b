import * as z from 'zod'
import type { ConnectionContext, Page, Range } from '../../../shared/sync/connector.ts'
import type { ShopifyClient } from '../client.ts'
import { driftOf } from '../rows/drift.ts'
import { parsed } from '../rows/scalars.ts'
import { Shop, shopRow } from '../rows/shop.ts'

const QUERY = {
  text: '{ shop { id name myshopifyDomain currencyCode ianaTimezone taxesIncluded plan { publicDisplayName } } }',
  variables: {},
  points: 2,
}
const Answer = z.object({ shop: Shop })

/** The shop as it is now. A currency or zone other than the brand's is reported; to change the brand is for people. */
export async function* shopPages(
  client: ShopifyClient,
  _range: Range,
  context: ConnectionContext,
): AsyncGenerator<Page> {
  const { shop } = parsed(Answer, await client.query(QUERY))
  const rows = { shops: [shopRow(shop, context.now().toISOString())] }
  yield { rows, count: 1, resume: null, position: null, drift: driftOf.shop(shop, context) }
}

import type { Db } from '../../shared/db/transaction.ts'
import type { EventData } from '../../shared/events/catalog.ts'

/** One delivery for one connection or brand. `occurredAt`: when it reached us. */
export type Webhook = EventData<'webhook.received'> & { occurredAt: string }

/** The connection, locked until the transaction ends: a sync holds it in each of its commits, so that neither sees the other's half. */
export type Connection = { integration_id: string; brand_id: string; account_id: string; status: string }

/** What a topic does, in one transaction; twice is once. 'more': that was a part, it wants to be called again. */
export type ApplyToConnection = (db: Db, connection: Connection, webhook: Webhook) => Promise<'more' | undefined>
export type ApplyToBrand = (db: Db, webhook: Webhook) => Promise<undefined>

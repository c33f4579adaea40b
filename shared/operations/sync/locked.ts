import { sql } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import type { Connector } from '../../sync/connector.ts'
import { actor } from '../../tenant.ts'
import type { ConnectionStatus } from './connection.ts'

export type LockedConnection = {
  integration_id: string
  brand_id: string
  platform: Connector['provider']
  status: ConnectionStatus
  paused_at: Date | null
  next_due_at: Date
  time_zone: string
}

/**
 * The connection, locked until commit: two requests at once come one after the other, and no worker commits meanwhile.
 * Throws NOT_FOUND.
 */
export async function lockConnection(db: Db, integrationId: string): Promise<LockedConnection> {
  const row = await db.one<LockedConnection>(sql`
    select i.integration_id, i.brand_id, i.platform, i.status, i.paused_at, i.next_due_at, b.time_zone
    from integrations i join brands b on b.tenant_id = i.tenant_id and b.brand_id = i.brand_id
    where i.tenant_id = ${actor().tenantId} and i.integration_id = ${integrationId}
    for no key update of i`)
  if (!row) throw noSuchConnection()
  return row
}

/** Another tenant's connection and one that does not exist are the same. */
const noSuchConnection = (): AppError => new AppError('NOT_FOUND', 'There is no connection with this id.')

const WHAT_TO_DO: Readonly<Record<Exclude<ConnectionStatus, 'active'>, string>> = {
  paused: 'The connection is paused: resume it first.',
  needs_reauth: 'The provider no longer accepts the connection: authorise it again first.',
  disconnected: 'The connection is disconnected: connect it again first.',
}

/** Throws CONFLICT unless the connection is in one of these states; its message says what to do first. */
export function requireStatus({ status }: LockedConnection, ...allowed: readonly ConnectionStatus[]): void {
  if (status === 'active' || allowed.includes(status)) return
  throw new AppError('CONFLICT', WHAT_TO_DO[status])
}

/** Who asks: a user, or else the API key that speaks. */
export const askedBy = (): string | null => actor().userId ?? actor().apiKeyId

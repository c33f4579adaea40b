import { sql } from '../db/sql.ts'
import type { Db } from '../db/transaction.ts'
import { actor } from '../tenant.ts'

/** Until this transaction ends, nobody else changes who may do what in the actor's tenant: what is counted stays true. */
export async function lockAuthority(db: Db): Promise<void> {
  await db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`authority:${actor().tenantId}`}, 0))`)
}

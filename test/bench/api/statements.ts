import type { Sql } from '../../../shared/db/sql.ts'
import type { Db } from '../../../shared/db/transaction.ts'
import {
  readCampaigns,
  readChannels,
  readConnections,
  readDays,
} from '../../../shared/operations/brands/dashboard-read.ts'
import { runAs, systemActor } from '../../../shared/tenant.ts'

export type Asked = { tenantId: string; brandId: string; since: string; until: string }
export type Statement = { name: string; text: string; values: readonly unknown[] }

/** The dashboard's own statements for one period, with the values of this request. */
export async function statementsOf({ tenantId, brandId, since, until }: Asked): Promise<Statement[]> {
  const chosen = { brandId, model: 'last', ledger: 'touch' } as const
  const period = { since, until }
  return runAs(systemActor(tenantId, 'bench', 'bench'), () =>
    Promise.all([
      captured('days', (db) => readDays(db, brandId, period)),
      captured('channels', (db) => readChannels(db, chosen, period)),
      captured('campaigns', (db) => readCampaigns(db, chosen, { ...period, limit: 100 })),
      captured('connections', (db) => readConnections(db, brandId)),
    ]),
  )
}

/** What a read sends, without sending it. */
async function captured(name: string, read: (db: Db) => Promise<unknown>): Promise<Statement> {
  const sent: Sql[] = []
  const query: Db['query'] = async (statement) => {
    sent.push(statement)
    return []
  }
  await read({ query, one: async () => null, last: () => undefined, afterCommit: () => undefined })
  const [statement] = sent
  if (!statement) throw new Error(`${name} sent nothing.`)
  return { name, text: statement.text, values: statement.values }
}

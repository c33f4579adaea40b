import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod'
import { sql } from '../../shared/db/sql.ts'
import { addTenantKey, tenantKeys } from '../../shared/db/tenant-keys.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { type Connector, connector, DAY_MS, MINUTE_MS, type Page } from '../../shared/sync/connector.ts'
import { sealCredentials } from '../../shared/sync/credentials.ts'
import type { BackfillRequested, SyncRequested } from '../../shared/sync/request.ts'
import { line, order } from '../support/rows.ts'
import { asSystem, createTenant, type TestTenant } from '../support/tenants.ts'

export const TOKEN = 'shpat_scripted'

/** Called before each page that the provider sends; a test waits, fails or looks there. */
export type BeforePage = (at: number) => Promise<void> | void

export type Script = {
  pages: number
  perPage: number
  beforePage?: BeforePage
  /** What the client was opened with. */
  onToken?: (token: string) => void
}

/** A provider of `pages` pages of orders with one line each, spread over ten days; the same at every reading. */
export const scriptedShop = ({ pages, perPage, beforePage, onToken }: Script): Connector =>
  connector({
    provider: 'shopify',
    credentials: z.object({ access_token: z.string() }),
    client: ({ access_token }) => onToken?.(access_token),
    streams: [
      {
        name: 'orders',
        cursor: 'updated_at',
        lookback: { hourlyMs: 15 * MINUTE_MS, dailyMs: 2 * DAY_MS },
        historyMs: null,
        read: async function* (_client, { resume }) {
          for (let at = Number(resume ?? 0); at < pages; at += 1) {
            await beforePage?.(at)
            yield pageOf(at, { perPage, last: at === pages - 1 })
          }
        },
      },
    ],
  }) as Connector // its stream reads with any client, even none

function pageOf(at: number, { perPage, last }: { perPage: number; last: boolean }): Page {
  const ids = Array.from({ length: perPage }, (_, n) => `${at}-${n}`)
  return {
    rows: {
      orders: ids.map((id, n) => order(id, { day: `2026-11-${String((n % 10) + 1).padStart(2, '0')}` })),
      order_lines: ids.map((id) => line(id, `${id}-1`)),
    },
    count: perPage,
    resume: last ? null : at + 1,
    position: '2026-11-01T12:00:00.000Z',
  }
}

/** A tenant with its own key and one connection whose token is stored as onboarding stores it. */
export async function connectedTenant(name: string): Promise<TestTenant> {
  const tenant = await createTenant(name)
  await asSystem(tenant.tenantId, () =>
    transaction(async (db) => {
      await addTenantKey(db)
      const { access_token_encrypted } = await sealCredentials(await tenantKeys(db), tenant.integrationId, {
        access_token: TOKEN,
      })
      await db.query(
        sql`update integrations set access_token_encrypted = ${access_token_encrypted} where integration_id = ${tenant.integrationId}`,
      )
    }),
  )
  return tenant
}

/** The connection's hour as the scheduler asks for it. */
export const requested = (tenant: TestTenant, dueAt = '2026-11-20T10:00:00.000Z'): SyncRequested => ({
  id: uuidv7(),
  type: 'sync.requested.shopify',
  tenantId: tenant.tenantId,
  occurredAt: dueAt,
  data: { integration_id: tenant.integrationId, due_at: dueAt },
})

/** Some days of history as the API asks for them. */
export const backfillRequested = (tenant: TestTenant, runId: string): BackfillRequested => ({
  id: uuidv7(),
  type: 'sync.backfill.shopify',
  tenantId: tenant.tenantId,
  occurredAt: '2026-11-20T10:00:00.000Z',
  data: { integration_id: tenant.integrationId, run_id: runId, since: '2026-10-01', until: '2026-11-11' },
})

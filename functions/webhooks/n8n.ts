import { setTimeout as wait } from 'node:timers/promises'
import type { Hono } from 'hono'
import { isLiveTenant, tenantInactive } from '../../shared/auth/authenticate.ts'
import { sql } from '../../shared/db/sql.ts'
import { transaction } from '../../shared/db/transaction.ts'
import { jsonOf, readBytes } from '../../shared/http/body.ts'
import type { HttpContext, HttpEnv } from '../../shared/http/context.ts'
import { mountNotAllowed } from '../../shared/http/routes.ts'
import { noSuchBrand } from '../../shared/operations/brands/brand.ts'
import { actor, runAs, systemActor } from '../../shared/tenant.ts'
import { callerOf } from './n8n/caller.ts'
import { CALLS, type N8nCall } from './n8n/calls.ts'
import { inTime, receive } from './receive.ts'
import { refusals } from './signature.ts'

const MAX_BYTES = 1024 * 1024
/** A refusal is answered at a multiple of this, so that its time does not tell whether the tenant exists. */
const REFUSAL_STEP_MS = 100

/** What n8n tells us, signed per Standard Webhooks with the tenant's own secret. */
export function mountN8n(app: Hono<HttpEnv>): void {
  const refuse = refusals()
  for (const [topic, call] of Object.entries(CALLS)) {
    const path = `/webhooks/n8n/${topic}`
    app.post(path, async (c) => {
      const startedAt = performance.now()
      const bytes = await readBytes(c, MAX_BYTES)
      const caller = await inTime(callerOf(c, bytes))
      if (!caller) {
        await wait(REFUSAL_STEP_MS - ((performance.now() - startedAt) % REFUSAL_STEP_MS))
        return refuse(c)
      }
      if (!isLiveTenant(caller.status)) throw tenantInactive()
      const asTenant = systemActor(caller.tenantId, 'webhooks', c.get('requestId'))
      c.set('actor', asTenant)
      const told = call(jsonOf(c, bytes))
      c.set('brandId', told.brand_id)
      const given = { delivery_id: caller.deliveryId, topic, ...told }
      const isNew = await runAs(asTenant, () => inTime(take(given)))
      return c.json({ received: true, duplicate: !isNew }, 202)
    })
    mountNotAllowed(app, path, new Set(['POST']))
  }
  app.all('/webhooks/*', noSuchCall)
}

const noSuchCall = (c: HttpContext): Response =>
  c.json({ error: { code: 'NOT_FOUND', message: 'No webhook is taken here.', request_id: c.get('requestId') } }, 404)

type Given = ReturnType<N8nCall> & { delivery_id: string; topic: string }

/** False: this delivery was taken before. */
const take = ({ delivery_id, topic, ...work }: Given): Promise<boolean> =>
  transaction(async (db) => {
    const { brand_id } = work
    const known = await db.one(
      sql`select brand_id from brands where tenant_id = ${actor().tenantId} and brand_id = ${brand_id}`,
    )
    if (!known) throw noSuchBrand()
    return receive(db, { source: 'n8n', topic, delivery_id }, [{ ...work, integration_id: null }])
  })

import { v7 as uuidv7 } from 'uuid'
import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { eraseFromWarehouse } from '../../../functions/maintain/chores/erase-from-warehouse.ts'
import { handlers } from '../../../functions/sink-bigquery/handlers.ts'
import { eraseUser } from '../../../shared/operations/privacy/erase-user.ts'
import { PLATFORM_TENANT_ID } from '../../../shared/tenant.ts'
import { insertRows } from '../../../shared/warehouse/insert.ts'
import { provisionTenant } from '../../../shared/warehouse/provision.ts'
import { query } from '../../../shared/warehouse/query.ts'
import { eventRow } from '../../shared/warehouse/rows.ts'
import { useWarehouse } from '../../shared/warehouse/use-warehouse.ts'
import { useDatabase } from '../../support/database.ts'
import { createPerson } from '../../support/people.ts'
import { asSystem, asUser, createTenant } from '../../support/tenants.ts'
import { deliverTo, recordedFact, setClock } from '../evaluate-alerts/deliveries.ts'

const database = useDatabase()
useWarehouse()
const deliver = deliverTo('sink-bigquery', handlers)
const run = () => asSystem(PLATFORM_TENANT_ID, () => eraseFromWarehouse.run(Date.now() + 60_000))
const Row = z.object({
  id: z.string(),
  session_id: z.string().nullable(),
  question: z.string().nullable(),
  category: z.string(),
})

beforeAll(() => setClock('2026-11-20T10:00:00Z'))

test('what an erased person typed leaves the warehouse once BigQuery takes the change, for good, and nobody else’s does', async () => {
  const { tenantId } = await createTenant('forgetful')
  await provisionTenant(tenantId)
  const [admin, ann, bob] = [
    await createPerson(tenantId, { role: 'admin' }),
    await createPerson(tenantId),
    await createPerson(tenantId),
  ]
  const asked = (user_id: string, question: string) =>
    eventRow({
      ...{ event_type: 'ai.question_asked', user_id, session_id: 's1' },
      metadata: JSON.stringify({ question_id: uuidv7(), question, category: 'sales' }),
    })
  await asSystem(tenantId, () =>
    insertRows(tenantId, 'observability_events', [asked(ann.userId, "Ann's words"), asked(bob.userId, "Bob's words")]),
  )
  const stored = async (userId: string) => {
    const sql = `select user_id as id, session_id, json_value(metadata, '$.question') as question, json_value(metadata, '$.category') as category
      from observability_events where user_id = @user_id order by question`
    return asSystem(tenantId, () => query(tenantId, { sql, params: { user_id: userId }, row: Row }))
  }
  const erase = () => asUser(admin, () => eraseUser.run({ id: ann.userId }))
  const late = { question_id: uuidv7(), question: "Ann's late words", category: 'sales' }
  const lateFact = await recordedFact(database, 'ai.question_asked', { tenantId, data: late, userId: ann.userId })
  const kept = (id: string, question: string) => ({ id, session_id: 's1', question, category: 'sales' })
  const cleared = { id: ann.userId, session_id: null, question: null, category: 'sales' }

  expect(await erase()).toMatchObject({ in_warehouse: 'pending' })
  await run()
  expect(await stored(ann.userId)).toEqual([kept(ann.userId, "Ann's words")])

  // Who is suspended meanwhile, or is to go, is owed the same.
  await database.asAdmin("update tenants set status = 'suspended' where id = $1", [tenantId])
  setClock('2026-11-20T12:00:00Z')
  await run()
  expect(await stored(ann.userId)).toEqual([cleared])
  await database.asAdmin("update tenants set status = 'deleting' where id = $1", [tenantId])
  expect(await stored(bob.userId)).toEqual([kept(bob.userId, "Bob's words")])
  await deliver(lateFact)
  expect(await stored(ann.userId)).toEqual([cleared, cleared])
  await run()
  expect(await erase()).toMatchObject({ in_warehouse: 'pending' })

  setClock('2026-11-21T10:01:00Z')
  await run()
  expect(await erase()).toMatchObject({ in_warehouse: 'done' })
})

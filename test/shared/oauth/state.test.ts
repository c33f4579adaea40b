import { expect, it } from 'vitest'
import { addTenantKey } from '../../../shared/db/tenant-keys.ts'
import { transaction } from '../../../shared/db/transaction.ts'
import { beginRoundTrip, isHashOf, parseState, readRoundTrip, spendState } from '../../../shared/oauth/state.ts'
import { useCloud } from '../../support/cloud.ts'
import { useDatabase } from '../../support/database.ts'
import { signIn } from '../../support/people.ts'
import { asSystem, createTenant } from '../../support/tenants.ts'

const database = useDatabase()
useCloud()

it('keeps the verifier encrypted, the texts as hashes, and works once; what is a day old goes', async () => {
  const { tenantId, brandId } = await createTenant('states')
  await asSystem(tenantId, () => transaction(addTenantKey))
  const { userId } = await signIn(tenantId, 'admin')
  const begin = { userId, brandId, platform: 'google-ads', shop: null, accountId: null, pkce: true }
  const begun = await asSystem(tenantId, () => transaction((db) => beginRoundTrip(db, begin)))
  expect(begun.verifier).toMatch(/^[\w-]{43}$/)
  const named = parseState(begun.state)
  if (!named) throw new Error('not a state')
  expect(named.tenantId).toBe(tenantId)
  const found = await asSystem(tenantId, () => transaction((db) => readRoundTrip(db, named)))
  expect(found).toMatchObject({ user_id: userId, brand_id: brandId, verifier: begun.verifier, used_at: null })
  expect(isHashOf(found?.cookie_hash ?? '', begun.cookie.value)).toBe(true)
  const kept = JSON.stringify(await database.asAdmin('select * from oauth_states'))
  for (const secret of [begun.verifier ?? '', named.secret, begun.cookie.value]) expect(kept).not.toContain(secret)

  const spends = [1, 2].map(() => asSystem(tenantId, () => transaction((db) => spendState(db, named.stateId))))
  expect((await Promise.all(spends)).sort()).toEqual([false, true])
  await database.asAdmin(`update oauth_states set expires_at = now() - interval '25 hours'`)
  await asSystem(tenantId, () => transaction((db) => beginRoundTrip(db, begin)))
  expect(await database.asAdmin('select 1 from oauth_states')).toHaveLength(1)
})

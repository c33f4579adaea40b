import { authenticate } from '../auth/authenticate.ts'
import { PLATFORM_TENANT_ID, runAs, systemActor } from '../tenant.ts'
import type { Step } from './context.ts'

/** Everything after this step runs on behalf of the caller, in the caller's tenant. */
export const authenticated: Step = async (c, next) => {
  const actor = await authenticate(c.req.header('authorization'), c.get('requestId'), {
    deletingToo: c.get('operation')?.whileDeleting === true,
  })
  c.set('actor', actor)
  await runAs(actor, next)
}

/** Public operations know no tenant: they run as the platform's, with no permission. */
export const anonymous: Step = (c, next) =>
  runAs(systemActor(PLATFORM_TENANT_ID, 'anonymous', c.get('requestId')), next)

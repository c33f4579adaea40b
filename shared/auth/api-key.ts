import { ROLES } from '../tenant.ts'

/** What a key may be allowed: all that a tenant's admin may, nothing of the platform's. */
export const KEY_SCOPES = ROLES.admin
export type KeyScope = (typeof KEY_SCOPES)[number]

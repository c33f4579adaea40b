import { AsyncLocalStorage } from 'node:async_hooks'
import { AppError } from './errors.ts'

export const PERMISSIONS = [
  'brands:read',
  'brands:write',
  'integrations:manage',
  'ai:ask',
  'recommendations:act',
  'admin:manage',
  'platform:manage',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** Who may do what. `user` is an alias of analyst; `operator` exists in the platform tenant only. */
export const ROLES = {
  admin: ['brands:read', 'brands:write', 'integrations:manage', 'ai:ask', 'recommendations:act', 'admin:manage'],
  manager: ['brands:read', 'brands:write', 'integrations:manage', 'ai:ask', 'recommendations:act'],
  analyst: ['brands:read', 'ai:ask'],
  user: ['brands:read', 'ai:ask'],
  api_client: ['brands:read', 'ai:ask'],
  operator: ['platform:manage'],
} as const satisfies Record<string, readonly Permission[]>
export type Role = keyof typeof ROLES

/** The reserved tenant that owns events without a tenant, and whose users operate the platform. */
export const PLATFORM_TENANT_ID = '00000000-0000-7000-8000-000000000001'

/** What a tenant pays for; limits and budgets differ by it. */
export const TIERS = ['starter', 'pro', 'enterprise'] as const
export type Tier = (typeof TIERS)[number]

/** On whose behalf code runs. Everything that touches data asks for it; there is no default. */
export type Actor = {
  tenantId: string
  /** null for the platform's own work: syncs, schedulers, sinks. */
  userId: string | null
  /** The user's role, or the function's name for the platform's own work. */
  name: string
  permissions: ReadonlySet<Permission>
  sessionId: string | null
  /** The API key that speaks, if it is no person; then userId is null. */
  apiKeyId: string | null
  /** null for the platform's own work, which no tier limits. */
  tier: Tier | null
  /** One id through HTTP, events and logs. */
  requestId: string
}

/** The name of whatever is cached or counted for a tenant, so that no two tenants ever share one. */
export const tenantKey = (kind: string, tenantId: string, ...parts: readonly string[]): string =>
  [kind, 'tenant', tenantId, ...parts].join(':')

const current = new AsyncLocalStorage<Actor>()

/** Runs `work` on behalf of the actor; nested calls replace it for their own duration only. */
export const runAs = <T>(actor: Actor, work: () => T): T => current.run(actor, work)

/** The platform's own work within one tenant, done by the named function. */
export const systemActor = (tenantId: string, name: string, requestId: string): Actor => ({
  tenantId,
  userId: null,
  name,
  permissions: new Set(),
  sessionId: null,
  apiKeyId: null,
  tier: null,
  requestId,
})

/** The actor of this call chain. Throws NO_ACTOR: no actor, no query. */
export function actor(): Actor {
  const found = current.getStore()
  if (!found) throw new AppError('NO_ACTOR', 'No actor: data is only reachable inside runAs().')
  return found
}

/** As actor(), for code that only labels what it does (logs). */
export const actorOrNull = (): Actor | null => current.getStore() ?? null

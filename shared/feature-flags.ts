import { sql } from './db/sql.ts'
import type { Db } from './db/transaction.ts'
import { actor } from './tenant.ts'

/** What a tenant's admins may switch, with what it is while nobody did. */
export const FEATURE_FLAGS = {
  mcp: {
    description:
      'AI agents may use this tenant over the Model Context Protocol, within the rights of who signs them in.',
    default: true,
  },
} as const satisfies Readonly<Record<string, { description: string; default: boolean }>>

export type FeatureFlag = keyof typeof FEATURE_FLAGS

export const isFeatureFlag = (name: string): name is FeatureFlag => Object.hasOwn(FEATURE_FLAGS, name)

/** Whether the actor's tenant has the feature on. */
export async function isEnabled(db: Db, flag: FeatureFlag): Promise<boolean> {
  const found = await db.one<{ enabled: boolean }>(
    sql`select enabled from feature_flags where tenant_id = ${actor().tenantId} and name = ${flag}`,
  )
  return found?.enabled ?? FEATURE_FLAGS[flag].default
}

import * as z from 'zod'
import { type Sql, sql, trusted } from '../../db/sql.ts'
import type { Db } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { actor, PLATFORM_TENANT_ID, ROLES, type Role } from '../../tenant.ts'
import { fieldErrors } from '../call.ts'
import { Instant, instantOrNull } from '../wire.ts'

const ROLE_NAMES = Object.keys(ROLES) as [Role, ...Role[]] // the keys of ROLES are what Role is made of
export const RoleName = z
  .enum(ROLE_NAMES)
  .describe('`user` is an alias of analyst; `operator` is for the platform alone.')

export const User = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role: RoleName,
    state: z.enum(['invited', 'active', 'deactivated']).describe('invited: no password was chosen yet.'),
    is_active: z.boolean(),
    last_login: Instant.nullable(),
    created_at: Instant,
  })
  .meta({
    examples: [
      {
        id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f',
        email: 'bo@example.com',
        role: 'analyst',
        state: 'invited',
        is_active: true,
        last_login: null,
        created_at: '2026-11-20T10:00:00.000Z',
      },
    ],
  })
export const UserInput = z.object({ id: z.uuid() })
export const UserOutput = z.object({ user: User })

export type UserRow = Omit<z.output<typeof User>, 'last_login' | 'created_at'> & {
  last_login: Date | null
  created_at: Date
}

/** The columns of a UserRow. */
export const USER_COLUMNS: Sql = trusted(`user_id as id, email, role, is_active, last_login, created_at,
  case when not is_active then 'deactivated' when hashed_password is null then 'invited' else 'active' end as state`)

export const userOnWire = (row: UserRow): z.input<typeof User> => ({
  ...row,
  last_login: instantOrNull(row.last_login),
  created_at: row.created_at.toISOString(),
})

export const noSuchUser = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such user; /api/users lists those there are.')

/** Throws NOT_FOUND. */
export async function readUser(db: Db, id: string): Promise<UserRow> {
  const row = await db.one<UserRow>(
    sql`select ${USER_COLUMNS} from users where tenant_id = ${actor().tenantId} and user_id = ${id}`,
  )
  if (!row) throw noSuchUser()
  return row
}

/** Throws INPUT_INVALID for an operator anywhere but in the platform's own tenant. */
export function requireRoleOfTenant(role: Role): void {
  if (role !== 'operator' || actor().tenantId === PLATFORM_TENANT_ID) return
  throw fieldErrors({ role: ['operator exists in the platform tenant only.'] })
}

import * as z from 'zod'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { USER_COLUMNS, User, type UserRow, userOnWire } from './user.ts'

/** Postgres takes no NUL in text. */
const Text = z
  .string()
  .max(254)
  .regex(/^[^\0]*$/, 'Must not contain NUL.')
/** E-mails are unique in a tenant. */
const Key = z.tuple([Text])

export const listUsers = operation({
  name: 'list_users',
  description: 'Users of this tenant, by e-mail.',
  http: { method: 'get', path: '/api/users' },
  permission: 'admin:manage',
  surfaces: ['http'],
  input: PageInput.extend({ email: Text.min(1).optional().describe('Any part of the e-mail, in any case.') }),
  output: z.object({ users: z.array(User), next_cursor: NextCursor }),
  run: async ({ limit, cursor, email = '' }) => {
    const [after] = decodeCursor(Key, cursor) ?? [null]
    const found = await transaction((db) =>
      db.query<UserRow>(sql`
        select ${USER_COLUMNS} from users
        where tenant_id = ${actor().tenantId} and (${after}::text is null or email > ${after}::text)
          and position(lower(${email}::text) in email) > 0
        order by email limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, (row) => [row.email])
    return { users: rows.map(userOnWire), next_cursor }
  },
})

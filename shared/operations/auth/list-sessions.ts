import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { decodeCursor, NextCursor, PageInput, pageOf } from '../page.ts'
import { Instant, instantOrNull } from '../wire.ts'
import { ownSession } from './own-session.ts'

type Row = { session_id: string; created_at: Date; refreshed_at: Date | null; expires_at: Date }

const Session = z.object({
  id: z.uuid(),
  created_at: Instant,
  last_refreshed_at: Instant.nullable(),
  expires_at: Instant,
  is_current: z.boolean().describe('The session of this very request.'),
})

export const listSessions = operation({
  name: 'list_sessions',
  description: "One's own live sessions, newest first.",
  http: { method: 'get', path: '/api/auth/sessions' },
  permission: 'authenticated',
  surfaces: ['http'],
  input: PageInput,
  output: z.object({ sessions: z.array(Session), next_cursor: NextCursor }).meta({
    examples: [
      {
        sessions: [
          {
            id: '0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e70',
            created_at: '2026-11-02T08:30:00.000Z',
            last_refreshed_at: '2026-11-10T07:15:00.000Z',
            expires_at: '2026-12-02T08:30:00.000Z',
            is_current: true,
          },
        ],
        next_cursor: null,
      },
    ],
  }),
  run: async ({ limit, cursor }) => {
    const { tenantId, userId, sessionId } = ownSession()
    const [after = null] = decodeCursor(z.tuple([z.uuid()]), cursor) ?? []
    // Ids rise with time.
    const found = await transaction((db) =>
      db.query<Row>(sql`
        select session_id, created_at, refreshed_at, expires_at from sessions
        where tenant_id = ${tenantId} and user_id = ${userId} and revoked_at is null and expires_at > ${clock.now()}
          and (${after}::uuid is null or session_id < ${after}::uuid)
        order by session_id desc limit ${limit + 1}`),
    )
    const { rows, next_cursor } = pageOf(found, limit, (row) => [row.session_id])
    const sessions = rows.map((row) => ({
      id: row.session_id,
      created_at: row.created_at.toISOString(),
      last_refreshed_at: instantOrNull(row.refreshed_at),
      expires_at: row.expires_at.toISOString(),
      is_current: row.session_id === sessionId,
    }))
    return { sessions, next_cursor }
  },
})

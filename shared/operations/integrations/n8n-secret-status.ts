import * as z from 'zod'
import { clock } from '../../clock.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { operation } from '../../operation.ts'
import { actor } from '../../tenant.ts'
import { instantOrNull } from '../wire.ts'
import { N8nSecretStatus, n8nUrl } from './n8n-secret.ts'

type Row = { secret_id: string; created_at: Date; previous_valid_until: Date | null }

export const n8nSecretStatus = operation({
  name: 'get_n8n_secret_status',
  description: "Whether there is a secret for n8n's calls, and since when; never the secret itself.",
  http: { method: 'get', path: '/api/integrations/n8n/secret' },
  permission: 'admin:manage',
  surfaces: ['http'],
  input: z.object({}),
  output: N8nSecretStatus,
  run: async () => {
    const { tenantId } = actor()
    const row = await transaction((db) =>
      db.one<Row>(sql`
        select s.secret_id, s.created_at, (select max(p.expires_at) from n8n_secrets p
          where p.tenant_id = s.tenant_id and p.expires_at > ${clock.now()}) as previous_valid_until
        from n8n_secrets s where s.tenant_id = ${tenantId} and s.expires_at is null`),
    )
    return {
      url: n8nUrl(),
      secret_id: row?.secret_id ?? null,
      created_at: instantOrNull(row?.created_at ?? null),
      previous_valid_until: instantOrNull(row?.previous_valid_until ?? null),
    }
  },
})

import * as z from 'zod'
import { publicKeys } from '../../crypto.ts'
import { operation } from '../../operation.ts'
import { warehouseKeys } from '../../warehouse/principal.ts'

export const listPublicKeys = operation({
  name: 'list_public_keys',
  description: 'The public halves of the keys that sign tenants’ tokens for their warehouses (RFC 7517).',
  http: { method: 'get', path: '/.well-known/jwks.json' },
  permission: 'public',
  surfaces: ['http'],
  input: z.object({}),
  output: z.object({
    keys: z.array(
      z.object({
        kty: z.string(),
        crv: z.string(),
        x: z.string(),
        y: z.string(),
        kid: z.string(),
        alg: z.string(),
        use: z.string(),
      }),
    ),
  }),
  run: async () => ({ keys: publicKeys(await warehouseKeys()) }),
})

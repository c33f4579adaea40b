import * as z from 'zod'
import { config } from '../../config.ts'
import { operation } from '../../operation.ts'

export const openidConfiguration = operation({
  name: 'openid_configuration',
  description: 'Who we are to those who check what we sign: Google, before it lets a tenant read its own warehouse.',
  http: { method: 'get', path: '/.well-known/openid-configuration' },
  permission: 'public',
  surfaces: ['http'],
  input: z.object({}),
  output: z.object({
    issuer: z.url(),
    jwks_uri: z.url(),
    response_types_supported: z.array(z.string()),
    subject_types_supported: z.array(z.string()),
    id_token_signing_alg_values_supported: z.array(z.string()),
  }),
  run: async () => ({
    issuer: config('PUBLIC_URL'),
    jwks_uri: `${config('PUBLIC_URL')}/.well-known/jwks.json`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  }),
})

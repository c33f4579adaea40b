import * as z from 'zod'
import { secret } from '../../cloud/secrets.ts'
import { config } from '../../config.ts'
import { sql } from '../../db/sql.ts'
import { transaction } from '../../db/transaction.ts'
import { AppError } from '../../errors.ts'
import { logError } from '../../log.ts'
import { operation } from '../../operation.ts'

const Check = z.enum(['healthy', 'unhealthy'])

export const health = operation({
  name: 'health',
  description: 'Whether the service answers; with deep=true also whether its database and its cloud do (503 if not).',
  http: { method: 'get', path: '/health' },
  permission: 'public',
  surfaces: ['http'],
  input: z.object({ deep: z.boolean().default(false) }),
  output: z
    .object({
      status: z.literal('healthy'),
      version: z.string(),
      checks: z.object({ database: Check, cloud: Check }).optional(),
    })
    .meta({ examples: [{ status: 'healthy', version: '0.1.0' }] }),
  run: async ({ deep }) => {
    const healthy = { status: 'healthy', version: config('VERSION') } as const
    if (!deep) return healthy
    const [database, cloud] = await Promise.all([
      check('database', () => transaction((db) => db.query(sql`select 1`))),
      check('cloud', () => secret('JWT_KEYS')),
    ])
    const checks = { database, cloud }
    if (database === 'unhealthy' || cloud === 'unhealthy') {
      throw new AppError('UNAVAILABLE', 'Not everything this service needs is there.', {
        details: { version: healthy.version, checks },
      })
    }
    return { ...healthy, checks }
  },
})

async function check(name: string, ask: () => Promise<unknown>): Promise<z.output<typeof Check>> {
  try {
    await ask()
    return 'healthy'
  } catch (error) {
    logError(`Health: the ${name} does not answer.`, error)
    return 'unhealthy'
  }
}

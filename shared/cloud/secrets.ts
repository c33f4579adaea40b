import type { SecretManagerServiceClient } from '@google-cloud/secret-manager'
import { config } from '../config.ts'
import { AppError } from '../errors.ts'
import { CALL_TIMEOUT_MS, once, restOptions } from './rest.ts'

const secrets = once<SecretManagerServiceClient>(async () => {
  const { default: module } = await import('@google-cloud/secret-manager')
  return new module.SecretManagerServiceClient(await restOptions())
})

const SECRET_TTL_MS = 5 * 60 * 1000
const secretCache = new Map<string, { value: Promise<string>; readAt: number }>()

/** The newest version of a secret, re-read every five minutes so that rotation needs no deploy. Throws CONFIG_INVALID. */
export function secret(name: string): Promise<string> {
  const cached = secretCache.get(name)
  // Wall-clock on purpose: a cache's age has nothing to do with the product's (movable) clock.
  if (cached && Date.now() - cached.readAt < SECRET_TTL_MS) return cached.value
  const value = readSecret(name)
  secretCache.set(name, { value, readAt: Date.now() })
  value.catch(() => secretCache.delete(name))
  return value
}

/** The next to ask reads it anew. */
export const forgetSecret = (name: string): void => void secretCache.delete(name)

async function readSecret(name: string): Promise<string> {
  const client = await secrets()
  const path = `projects/${config('GOOGLE_CLOUD_PROJECT')}/secrets/${name}/versions/latest`
  try {
    const [version] = await client.accessSecretVersion({ name: path }, { timeout: CALL_TIMEOUT_MS })
    return Buffer.from(version.payload?.data ?? '').toString('utf8')
  } catch (cause) {
    throw new AppError('UNAVAILABLE', `The secret ${name} could not be read from Secret Manager.`, { cause })
  }
}

import { secret } from '../cloud/secrets.ts'
import { logError } from '../log.ts'

/** The key, or null where none can be read: then questions are refused in words. */
export async function apiKey(): Promise<string | null> {
  try {
    return (await secret('ANTHROPIC_API_KEY')).trim() || null
  } catch (error) {
    logError('The key of Claude cannot be read.', error)
    return null
  }
}

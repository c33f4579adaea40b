import { secret } from '../cloud/secrets.ts'
import { type KeyRing, parseKeyRing } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { log } from '../log.ts'

const MIN_DISTINCT_BYTES = 12
const GUESSABLE = ['secret', 'changeme', 'password', 'pulsepoint', 'default', 'example', 'jsonwebtoken']

let read: { text: string; ring: KeyRing } | undefined

/** The keys that sign and verify access tokens (secret JWT_KEYS, two live). Throws CONFIG_INVALID for a weak one. */
export async function signingKeys(): Promise<KeyRing> {
  const text = await secret('JWT_KEYS')
  if (read?.text !== text) read = { text, ring: strongRing(text) }
  return read.ring
}

/** A weak or malformed secret stops the function, which signs nothing with it; a Secret Manager that is away for the moment does not. */
export async function checkSigningKeys(): Promise<void> {
  try {
    await signingKeys()
  } catch (error) {
    if (!(error instanceof AppError && error.retry)) throw error
    log('WARNING', 'The signing keys could not be read yet; the first request that needs them tries again.')
  }
}

function strongRing(text: string): KeyRing {
  const ring = parseKeyRing(text, 'JWT_KEYS')
  for (const [id, key] of Object.entries(ring.keys)) {
    const why = weakness(key)
    if (why) throw new AppError('CONFIG_INVALID', `JWT_KEYS: key ${id} ${why}; make it of 32 random bytes.`)
  }
  return ring
}

/** Lists of leaked secrets hold text; 32 random bytes are all printable once in 10^14. */
function weakness(key: Uint8Array): string | null {
  if (key.length < 32) return 'is shorter than 32 bytes'
  if (new Set(key).size < MIN_DISTINCT_BYTES) return 'repeats itself'
  if (key.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'is typed text'
  const text = Buffer.from(key).toString('latin1').toLowerCase()
  if (GUESSABLE.some((word) => text.includes(word))) return 'contains a guessable word'
  return null
}

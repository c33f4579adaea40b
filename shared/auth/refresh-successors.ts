import { createHmac } from 'node:crypto'
import { purposeKey } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { newSecretToken, type SecretToken } from './secret-token.ts'
import { signingKeys } from './signing-keys.ts'

export type Successor = { token: string; hash: string }
/** By the current signing key, and by every live one: a token that was followed before a rotation of the keys is found too. */
export type Successors = { current: Successor; all: Successor[] }

/**
 * The token that follows a refresh token, derived from it, so that a lost answer can be given again though no token is kept.
 * Nobody can tell it without both the token and a key.
 */
export async function refreshSuccessors(token: string, of: SecretToken): Promise<Successors> {
  const { current, keys } = await signingKeys()
  const key = keys[current]
  if (!key) throw new AppError('CONFIG_INVALID', `JWT_KEYS has no key ${current}.`)
  const by = (each: Uint8Array): Successor => newSecretToken(of, secretAfter(token, each))
  return { current: by(key), all: Object.values(keys).map(by) }
}

const secretAfter = (token: string, signingKey: Uint8Array): string =>
  createHmac('sha256', purposeKey(signingKey, 'pulsepoint refresh successors')).update(token).digest('base64url')

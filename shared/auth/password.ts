import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { turns } from './turns.ts'

/** 32 MiB and about 0.13 s a computation. Source: OWASP Password Storage Cheat Sheet, scrypt, 2026. */
const COST = { ln: 15, r: 8, p: 3 }
const SALT_BYTES = 16
const HASH_BYTES = 32
const MAX_MEMORY_BYTES = 64 * 1024 * 1024
const STORED = /^scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/
/** Compared with when there is no user; no password gives 32 zero bytes. */
const NOBODY = format(COST, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES))

/** So that a burst of sign-ins leaves threads and memory for everybody else. */
const inTurn = turns({ atOnce: 2, maxWaiting: 64 })

type Cost = typeof COST

/** `scrypt$ln=15,r=8,p=3$salt$hash`, salt and hash in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return format(COST, salt, await derive(password, salt, COST))
}

/** Takes as long for null (no such user) or an unusable hash as for a real one. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const match = STORED.exec(stored ?? '') ?? STORED.exec(NOBODY)
  const [, ln = '', r = '', p = '', salt = '', hash = ''] = match ?? []
  const expected = Buffer.from(hash, 'base64url')
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) }
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), cost), expected)
}

function format({ ln, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  return `scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

const derive = (password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> =>
  inTurn(
    () =>
      new Promise((resolve, reject) => {
        const options = { N: 2 ** ln, r, p, maxmem: MAX_MEMORY_BYTES }
        scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
          error ? reject(error) : resolve(key),
        )
      }),
  )

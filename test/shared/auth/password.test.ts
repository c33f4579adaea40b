import { describe, expect, it } from 'vitest'
import { hashPassword, verifyPassword } from '../../../shared/auth/password.ts'

describe('a password', () => {
  it('is kept as scrypt with its cost and a salt of its own', async () => {
    const [one, two] = await Promise.all([hashPassword('s3same open'), hashPassword('s3same open')])
    expect(one).toMatch(/^scrypt\$ln=15,r=8,p=3\$[\w-]{22}\$[\w-]{43}$/)
    expect(one).not.toBe(two)
  })

  it('is known again, however its characters were composed, and nothing else is', async () => {
    const stored = await hashPassword('Zoë’s café')
    expect(await verifyPassword('Zoë’s café'.normalize('NFD'), stored)).toBe(true)
    expect(await verifyPassword('Zoe’s café', stored)).toBe(false)
  })

  it('takes as long to refuse when there is nobody or nothing to compare with', async () => {
    const stored = await hashPassword('x')
    const timed = async (hash: string | null) => {
      const startedAt = performance.now()
      expect(await verifyPassword('y', hash)).toBe(false)
      return performance.now() - startedAt
    }
    const real = await timed(stored)
    for (const none of [null, 'none', '']) expect(await timed(none)).toBeGreaterThan(real / 4)
  })
})

import * as z from 'zod'

const MIN_CHARACTERS = 12
const MAX_LENGTH = 256
const MIN_DIFFERENT = 5

/** A password to be set. What else it must not be depends on whose it is: passwordProblem() tells. */
export const NewPassword = z
  .string()
  .max(MAX_LENGTH, `Use at most ${MAX_LENGTH} characters.`)
  .refine((password) => [...password.normalize('NFKC')].length >= MIN_CHARACTERS, {
    error: `Use at least ${MIN_CHARACTERS} characters; three or four words in a row are easy to remember.`,
  })
  .describe(`${MIN_CHARACTERS} to ${MAX_LENGTH} characters; not the e-mail, the company's name or a common password.`)

/** What is tried first, of twelve characters and more. */
const COMMON = new Set([
  '123456789012',
  '1234567890123',
  '123456789101112',
  '123456789123',
  '123123123123',
  '123412341234',
  '0987654321098',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  '1qazxsw23edc',
  'qwertyuiop123',
  'qwertyuiop[]',
  'qwertyuiopasdf',
  'qwertyqwerty',
  'qwerty123456',
  'qwerty1234567',
  'asdfghjkl123',
  'abcdefghijkl',
  'abcdefghijklm',
  'abc123abc123',
  'abcd1234abcd',
  'password1234',
  'password12345',
  'password123456',
  'passwordpassword',
  'password123!',
  'p@ssw0rd1234',
  'passw0rd1234',
  'mypassword123',
  'changeme1234',
  'changemechangeme',
  'welcome12345',
  'welcome123456',
  'letmein12345',
  'letmeinletmein',
  'iloveyou1234',
  'iloveyouiloveyou',
  'administrator',
  'administrator1',
  'admin1234567',
  'adminadminadmin',
  'football1234',
  'sunshine1234',
  'princess1234',
  'superman1234',
  'trustno1trustno1',
])

type Owner = { email: string; companyName: string }

/** Why this person should not take this password, and what to do instead; null when it is good. */
export function passwordProblem(password: string, { email, companyName }: Owner): string | null {
  const given = plain(password)
  if (given === plain(email)) return 'Choose something else than your e-mail address.'
  if (given === plain(companyName)) return "Choose something else than your company's name."
  if (COMMON.has(given)) return 'This is one of the passwords that are tried first; choose another one.'
  if (new Set(given).size < MIN_DIFFERENT) return `Use at least ${MIN_DIFFERENT} different characters.`
  return null
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, '')

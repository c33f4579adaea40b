import { AppError } from '../errors.ts'
import { authLibrary, once } from './rest.ts'

const databaseLogin = once(async () => {
  const { GoogleAuth: Auth } = await authLibrary()
  return new Auth({ scopes: ['https://www.googleapis.com/auth/sqlservice.login'] })
})

/** What this function's identity shows Cloud SQL in place of a password; good for less than an hour. Throws DB_UNAVAILABLE. */
export async function databaseToken(): Promise<string> {
  const token = await (await databaseLogin()).getAccessToken()
  if (!token) throw new AppError('DB_UNAVAILABLE', 'This identity got no token for Cloud SQL.')
  return token
}

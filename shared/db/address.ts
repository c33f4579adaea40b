import type pg from 'pg'
import { databaseToken } from '../cloud.ts'

/**
 * Where to connect and as whom. A URL without a password is a login by IAM, as in the cloud: over TLS, with a fresh token
 * for each connection. The server is found by its private address, for which its certificate has no name.
 */
export function addressOf(url: string): pg.PoolConfig {
  const { hostname, port, username, password, pathname } = new URL(url)
  if (password !== '') return { connectionString: url }
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    database: decodeURIComponent(pathname.slice(1)),
    password: databaseToken,
    ssl: { rejectUnauthorized: false },
  }
}

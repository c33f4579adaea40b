import type pg from 'pg'
import { databaseToken } from '../cloud/database-login.ts'
import { config } from '../config.ts'

/**
 * Where to connect and as whom. A URL without a password is a login by IAM, as in the cloud: over TLS, with a fresh token
 * for each connection. Throws CONFIG_INVALID without the authorities of such a server.
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
    // Each Cloud SQL instance has an authority of its own, which signs for it alone: that is its name. The address is in no certificate.
    ssl: { ca: config('DATABASE_CA'), checkServerIdentity: () => undefined },
  }
}

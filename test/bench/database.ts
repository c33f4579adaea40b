import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { type LocalPostgres, startPostgres } from '../../scripts/local/postgres.ts'
import { LOGIN_ROLES, migrate } from '../../shared/db/migrate.ts'

const PASSWORD = 'bench'

export type BenchDatabase = {
  /** Connection URL of a role; all have the same password. */
  url: LocalPostgres['url']
  password: string
  /** A superuser's connection, which policies do not bind. */
  admin: pg.Client
  version: string
  folder: string
}

/** Runs `work` on a migrated PostgreSQL of its own, with its default durability: fsync and synchronous commit are on. */
export async function withDatabase<T>(work: (database: BenchDatabase) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pulsepoint-bench-'))
  await chmod(folder, 0o755)
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), password: PASSWORD })
  const admin = new pg.Client({ connectionString: postgres.adminUrl })
  const stop = async (): Promise<void> => {
    await admin.end().catch(() => undefined) // never connected
    await postgres.stop('immediate')
    await rm(folder, { recursive: true, force: true })
  }
  const interrupted = (): void => void stop().finally(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted)
  try {
    const passwords = Object.fromEntries(LOGIN_ROLES.map((role) => [role, PASSWORD]))
    await migrate({ adminUrl: postgres.adminUrl, passwords, now: new Date() })
    await admin.connect()
    const { rows } = await admin.query<{ server_version: string }>('show server_version')
    const version = rows[0]?.server_version ?? 'unknown'
    return await work({ url: postgres.url, password: PASSWORD, admin, version, folder })
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted)
    await stop()
  }
}

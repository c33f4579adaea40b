import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { progress } from '../report.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** PostGraphile and autocannon, into this folder, once: nobody but this bench needs their 300 MB. */
export function installPeers(): void {
  if (existsSync(path.join(HERE, 'node_modules/postgraphile/package.json'))) return
  progress('installing PostGraphile and autocannon (once; about half a minute) …')
  execFileSync(
    'npm',
    ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: HERE,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
}

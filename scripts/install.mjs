// Runs before `npm start` and `npm test`, in plain JavaScript because the machine's own Node may be older than 24.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const installed = `${root}node_modules/.package-lock.json`
const wanted = `${root}package-lock.json`

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 20) {
  console.error(`Pulsepoint needs Node 20 or newer to install itself; this is ${process.versions.node}.`)
  process.exit(1)
}

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs) {
  console.log('Installing dependencies (once; about half a minute) …')
  const npm = process.env.npm_execpath
  const command = npm ? [process.execPath, npm, 'ci'] : ['npm', 'ci']
  const { status } = spawnSync(command[0], [...command.slice(1), '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) {
    console.error('The installation failed; the lines above say why. Run it again with: npm ci')
    process.exit(status ?? 1)
  }
}

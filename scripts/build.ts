import { cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { bundleFramework, FRAMEWORK } from './build/framework.ts'
import { bundleOf } from './build/options.ts'
import { buildPages } from './local/pages.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const HELP = `Bundles each function into dist/<function>/: index.mjs, the parts it loads later, source maps, a package.json, and the
functions framework as a package of one file, since the platform starts it by name.

  npm run build                      all functions
  npm run build -- api sync-meta     these alone
  --out DIR                          instead of dist
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: path.join(ROOT, 'dist') }, help: { type: 'boolean', default: false } },
})
if (values.help) process.stdout.write(HELP)
else await buildAll(path.resolve(values.out), positionals)

async function buildAll(out: string, wanted: readonly string[]): Promise<void> {
  const names = (await readdir(path.join(ROOT, 'functions'))).sort()
  const unknown = wanted.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`No function ${unknown.join(', ')}; there are ${names.join(', ')}.`)
  for (const name of wanted.length > 0 ? wanted : names) {
    const folder = path.join(out, name)
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    await build(bundleOf(path.join(ROOT, 'functions', name, 'index.ts'), folder))
    if (name === 'dashboard') await addClient(folder)
    await bundleFramework(ROOT, path.join(folder, 'framework'))
    // .mjs says what it is: for .js the framework would load a dozen packages to find out.
    const manifest = { type: 'module', main: 'index.mjs', dependencies: { [FRAMEWORK]: 'file:framework' } }
    await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    process.stdout.write(`${name.padEnd(20)} ${await sizesOf(folder)}\n`)
  }
}

/** The pages, in the place beside the function where it reads them. */
async function addClient(folder: string): Promise<void> {
  await buildPages()
  await cp(path.join(ROOT, 'functions/dashboard/client/dist'), path.join(folder, 'client/dist'), { recursive: true })
}

/** What is loaded at the start, and all of it, in KiB. */
async function sizesOf(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.mjs'))
  const sizes = await Promise.all(files.map(async (name) => (await stat(path.join(folder, name))).size))
  const first = (await stat(path.join(folder, 'index.mjs'))).size
  const kib = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`.padStart(10)
  return `${kib(first)} entry ${kib(sizes.reduce((sum, each) => sum + each, 0))} in ${files.length} files`
}

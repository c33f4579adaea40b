import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'
import * as z from 'zod'
import { FOR_NODE } from './for-node.ts'

export const FRAMEWORK = '@google-cloud/functions-framework'
const START = 'build/src/main.js'

/**
 * The functions framework in one file, as a package in `folder` under its own name and version: to find and read its two
 * hundred files is half of an empty function's start. The platform runs its command, and the function registers with it.
 */
export async function bundleFramework(root: string, folder: string): Promise<void> {
  const source = path.join(root, 'node_modules', FRAMEWORK)
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8')))
  await build({
    ...FOR_NODE,
    stdin: {
      contents: `export { cloudEvent, http } from '${FRAMEWORK}'\nexport const start = () => require('${source}/${START}')`,
      resolveDir: root,
    },
    outfile: path.join(folder, 'index.js'),
    format: 'cjs',
  })
  const manifest = { name: FRAMEWORK, version, main: 'index.js', bin: { 'functions-framework': START } }
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await mkdir(path.dirname(path.join(folder, START)), { recursive: true })
  await writeFile(path.join(folder, START), "#!/usr/bin/env node\nrequire('../../index.js').start()\n", { mode: 0o755 })
}

import { cp, mkdir, readFile, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const Lock = z.object({
  packages: z.record(z.string(), z.object({ dependencies: z.record(z.string(), z.string()).default({}) })),
})

/** Puts a package and what it needs, nothing else, into `folder`/node_modules, at the versions of the lock file. */
export async function installAlone(name: string, folder: string): Promise<void> {
  const lock = Lock.parse(JSON.parse(await readFile(path.join(ROOT, 'package-lock.json'), 'utf8')))
  const wanted = new Set<string>()
  const queue = [placeOf(name, '')]
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    if (wanted.has(place)) continue
    wanted.add(place)
    for (const each of Object.keys(lock.packages[place]?.dependencies ?? {})) queue.push(placeOf(each, place))
  }
  for (const place of wanted) await cp(path.join(ROOT, place), path.join(folder, place), WITHOUT_NESTED)

  /** Where Node finds a dependency of the package at `from`: nearest first. */
  function placeOf(dependency: string, from: string): string {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
      const place = path.posix.join(at, 'node_modules', dependency)
      if (lock.packages[place]) return place
      if (at === '') throw new Error(`${dependency}, wanted by ${from || 'us'}, is not in the lock file`)
    }
  }
}

const WITHOUT_NESTED = {
  recursive: true,
  filter: (source: string) => !source.slice(source.lastIndexOf('node_modules/') + 13).includes('/node_modules'),
}

/** What `npm install` makes of the `file:framework` that a bundle depends on. */
export async function linkFramework(bundle: string): Promise<void> {
  await mkdir(path.join(bundle, 'node_modules/@google-cloud'), { recursive: true })
  await symlink('../../framework', path.join(bundle, 'node_modules/@google-cloud/functions-framework'))
}

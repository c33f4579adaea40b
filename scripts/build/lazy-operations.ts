import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import * as z from 'zod'

const IMPORT = /^import \{ (\w+) \} from '(\.[^']+)'$/gm
/** What takes time to make, or imports what does; the rest of a declaration is plain data. */
const LOADED = ['input', 'output', 'progress', 'run'] as const
const Data = z.object({ name: z.string() }).catchall(z.json())

/**
 * In a bundle the list of operations (shared/operations/index.ts) holds what a route needs of each, and an operation's own
 * module with all that it imports is evaluated when its schemas or its work are first asked for: a front serves a hundred
 * operations, and its first request one.
 */
export const lazyOperations: Plugin = {
  name: 'lazy-operations',
  setup(build) {
    build.onLoad({ filter: /\/shared\/operations\/index\.ts$/ }, async ({ path: file }) => ({
      contents: await listOf(file),
      loader: 'js',
      resolveDir: path.dirname(file),
    }))
  },
}

async function listOf(file: string): Promise<string> {
  const { OPERATIONS } = z
    .object({ OPERATIONS: z.array(z.custom<object>((each) => each instanceof Object)) })
    .parse(await import(pathToFileURL(file).href))
  const places = await placesIn(file)
  const lines = OPERATIONS.map((operation) => {
    const facts = Data.parse(Object.fromEntries(Object.entries(operation).filter(([key]) => !isLoaded(key))))
    const place = places.get(operation)
    if (!place) throw new Error(`${file} lists ${facts.name}, which it does not import by its name.`)
    return `  lazy(${JSON.stringify(facts)}, () => require('${place.from}').${place.name}),`
  })
  return `${LAZY}\nexport const OPERATIONS = [\n${lines.join('\n')}\n]\n`
}

const isLoaded = (key: string): boolean => LOADED.some((each) => each === key)

/** Where each imported value comes from. */
async function placesIn(file: string): Promise<ReadonlyMap<unknown, { name: string; from: string }>> {
  const places = [...(await readFile(file, 'utf8')).matchAll(IMPORT)].map(([, name = '', from = '']) => ({
    name,
    from,
  }))
  return new Map(
    await Promise.all(
      places.map(async (place) => {
        const module: object = await import(pathToFileURL(path.resolve(path.dirname(file), place.from)).href)
        return [Object.entries(module).find(([name]) => name === place.name)?.[1], place] as const
      }),
    ),
  )
}

const LAZY = `const lazy = (facts, load) => {
  for (const key of ${JSON.stringify(LOADED)}) Object.defineProperty(facts, key, { get: () => load()[key], enumerable: true })
  return facts
}`

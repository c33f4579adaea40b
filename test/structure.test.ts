import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMap } from '../scripts/local/map.ts'
import { CATALOG } from '../shared/events/catalog.ts'
import { pathsOf } from '../shared/operation.ts'
import { OPERATIONS } from '../shared/operations/index.ts'

/** The floors of shared/: an import goes down or stays, never up. */
const FLOORS: readonly (readonly string[])[] = [
  ['errors', 'units', 'effects', 'shop-domain', 'unordered-id'],
  ['config', 'clock', 'tenant', 'operation', 'answer-cookies'],
  ['log', 'crypto', 'fetch', 'cloud', 'at-most', 'leased-windows'],
  ['db', 'events', 'warehouse', 'oauth', 'feature-flags', 'alerts', 'fx', 'webhooks'],
  ['auth', 'sync', 'attribution', 'metrics', 'recommendations', 'ai'],
  ['operations'],
  ['http', 'mcp', 'serve'],
]
const TOP_LEVEL = [
  'README.md',

  'cloudbuild.yaml',
  'functions',
  'infra',
  'package-lock.json',
  'package.json',
  'scripts',
  'shared',
  'test',
  'tsconfig.json',
]

type Source = { file: string; text: string; imports: string[] }

const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s+'([^']+)'|import\('([^']+)'\)|(?:^|\n)import\s+'([^']+)'/g

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))

const sources: Source[] = ['functions', 'shared', 'scripts'].flatMap(filesUnder).map((file) => {
  const text = readFileSync(file, 'utf8')
  const imports = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
  return {
    file,
    text,
    imports: imports.map((name) => (name.startsWith('.') ? path.join(path.dirname(file), name) : name)),
  }
})
const under = (folder: string) => sources.filter(({ file }) => file.startsWith(`${folder}/`))
const roomOf = (file: string): string => (file.split('/')[1] ?? '').replace(/\.ts$/, '')
const floorOf = (file: string): number => FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)))
const offenders = (files: readonly Source[], isWrong: (imported: string, file: string) => boolean): string[] =>
  files.flatMap(({ file, imports }) =>
    imports.filter((imported) => isWrong(imported, file)).map((imported) => `${file} imports ${imported}`),
  )

describe('the house', () => {
  it('has nothing else at its top level', () => {
    const names = readdirSync('.').filter(
      (name) => !name.startsWith('.') && !['node_modules', 'dist', 'report.json'].includes(name),
    )
    expect(names.filter((name) => !TOP_LEVEL.includes(name))).toEqual([])
  })

  it('keeps functions apart: each imports shared, itself and packages', () => {
    const folder = (file: string) => file.split('/').slice(0, 2).join('/')
    expect(
      offenders(
        under('functions'),
        (imported, file) => imported.startsWith('functions/') && folder(imported) !== folder(file),
      ),
    ).toEqual([])
    expect(
      offenders(under('functions'), (imported) => imported.startsWith('scripts/') || imported.startsWith('test/')),
    ).toEqual([])
  })

  it('lets shared import only shared, and only downwards', () => {
    expect(offenders(under('shared'), (imported) => /^(functions|scripts|test)\//.test(imported))).toEqual([])
    expect(
      under('shared')
        .filter(({ file }) => floorOf(file) < 0)
        .map(({ file }) => file),
    ).toEqual([])
    expect(
      offenders(
        under('shared'),
        (imported, file) => imported.startsWith('shared/') && floorOf(imported) > floorOf(file),
      ),
    ).toEqual([])
  })

  it('has no cycle of imports', () => {
    const graph = new Map(sources.map(({ file, imports }) => [file, imports]))
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
      if (done.has(file) || trail.includes(file)) return
      for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
      done.add(file)
    }
    for (const file of graph.keys()) visit(file, [])
    expect(cycles).toEqual([])
  })

  it('does no I/O in attribution and metrics', () => {
    const pure = ['attribution', 'metrics', 'recommendations'].flatMap((room) => under(`shared/${room}`))
    expect(
      offenders(
        pure,
        (imported) =>
          imported.startsWith('node:') || ['log', 'cloud', 'fetch', 'db', 'events'].includes(roomOf(imported)),
      ),
    ).toEqual([])
  })

  it('keeps the outside world behind one door each', () => {
    const product = [...under('shared'), ...under('functions')]
    const usersOf = (pattern: RegExp): string[] =>
      product.filter(({ text }) => pattern.test(text)).map(({ file }) => file)
    const importers = (name: RegExp): string[] =>
      product.filter(({ imports }) => imports.some((imported) => name.test(imported))).map(({ file }) => file)
    expect(usersOf(/process\.env/)).toEqual(['shared/config.ts'])
    expect(usersOf(/(?<![.\w])fetch\(/)).toEqual(['shared/fetch.ts'])
    expect(importers(/^pg(-|$)/).filter((file) => !file.startsWith('shared/db/'))).toEqual([])
    expect(
      importers(/^jose$/).filter((file) => file !== 'shared/crypto.ts' && !file.startsWith('shared/auth/')),
    ).toEqual([])
    const clients = importers(/^@google-cloud\/(?!functions-framework)/)
    expect(clients.filter((file) => !file.startsWith('shared/cloud/'))).toEqual([])
  })
})

describe('the map of functions', () => {
  const map = readMap('infra/functions.tf.json')
  const folders = readdirSync('functions')

  it('names exactly the folders of functions/', async () => {
    expect(Object.keys((await map).functions).sort()).toEqual([...folders].sort())
  })

  it('has a topic for every event, a publisher and a listener for every topic', async () => {
    const { functions, topics, subscriptions } = await map
    const used = [...new Set(Object.values(CATALOG).flatMap((event): readonly string[] => event.topics))]
    expect(topics.filter((topic) => topic !== 'dead-letters').sort()).toEqual(used.sort())
    const published = Object.values(functions).flatMap(({ publishes }) => publishes)
    const heard = Object.values(functions).flatMap(({ on }) => on.map((name) => subscriptions[name]?.topic ?? name))
    expect(used.filter((topic) => !published.includes(topic))).toEqual([])
    expect(used.filter((topic) => !heard.includes(topic))).toEqual([])
  })

  it('has an index of one statement or two besides the imports in each folder', () => {
    for (const name of folders) {
      const text = readFileSync(`functions/${name}/index.ts`, 'utf8')
      expect([name, text.split('\n').length <= 20]).toEqual([name, true])
    }
  })

  it('has every event recorded somewhere', () => {
    const text = sources
      .filter(({ file }) => file !== 'shared/events/catalog.ts')
      .map((source) => source.text)
      .join('\n')
    const silent = Object.keys(CATALOG).filter(
      (type) => !text.includes(`'${type}'`) && !/^sync\.(requested|backfill)\./.test(type),
    )
    expect(silent).toEqual([])
  })
})

describe('the list of operations', () => {
  it('has every file of operations/, under a name of its own', () => {
    const files = under('shared/operations').filter(({ text }) => /= operation\(/.test(text))
    expect(OPERATIONS.length).toBe(files.length)
    expect(new Set(OPERATIONS.map(({ name }) => name)).size).toBe(OPERATIONS.length)
  })
})

describe('what agents may do', () => {
  it('never is signing in, people, keys, connections, privacy or administration', () => {
    const closed = /^\/(api|mcp)\/(v1\/)?(auth|users|keys|api-keys|integrations|privacy|admin|pending-actions)(\/|$)/
    const wrong = OPERATIONS.filter(
      (operation) =>
        pathsOf(operation).some((each) => closed.test(each)) &&
        operation.surfaces.some((surface) => surface !== 'http'),
    )
    expect(wrong.map(({ name }) => name)).toEqual([])
    expect(OPERATIONS.filter(({ surfaces, produces }) => produces && surfaces.includes('mcp'))).toEqual([])
  })
})

describe('the text of the repository', () => {
  it('gives no type up and leaves nothing for later', () => {
    const wrong = /(:|<|\bas) any\b|@ts-(ignore|expect-error|nocheck)|\b(TODO|FIXME|XXX|HACK)\b/
    expect(sources.filter(({ text }) => wrong.test(text)).map(({ file }) => file)).toEqual([])
  })

  it('has a lock file without addresses', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved"/)
  })
})

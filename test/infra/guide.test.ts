import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readMap } from '../../scripts/local/map.ts'

const read = (file: string): string => readFileSync(file, 'utf8')
const readme = read('README.md')
const deploy = readme.slice(readme.indexOf('\n## Deploy'), readme.indexOf('\n## Tenancy'))
const builds = [read('cloudbuild.yaml'), read('infra/tenants/cloudbuild.yaml')]
/** Whatever tells somebody, or a build, what to type. */
const told = [deploy, ...builds, read('infra/monitoring.tf')].join('\n')

const configuration = (folder: string): string =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.tf'))
    .map((file) => read(`${folder}/${file}`))
    .join('\n')
const [platform, tenants] = [configuration('infra'), configuration('infra/tenants')]

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '')
const declared = (text: string, kind: string): Set<string> =>
  new Set(all(text, new RegExp(`^${kind} "(\\w+)" \\{`, 'gm')))
/** Those that are named and not there; that none is named would mean that nothing is looked at. */
const missing = (named: readonly string[], there: ReadonlySet<string>): string[] => {
  expect(named).not.toEqual([])
  return named.filter((name) => !there.has(name))
}

test('outputs, variables and resources that are named are there', () => {
  expect(missing(all(told, /terraform output -(?:raw|json) (\w+)/g), declared(platform, 'output'))).toEqual([])
  const variables = new Set([...declared(platform, 'variable'), ...declared(tenants, 'variable')])
  expect(missing(all(told, /-var="?(\w+)=/g), variables)).toEqual([])
  const resources = new Set(
    [...platform.matchAll(/^resource "(\w+)" "(\w+)"/gm)].map(([, type, name]) => `${type}.${name}`),
  )
  expect(missing(all(deploy, /\b(google_\w+\.\w+)/g), resources)).toEqual([])
})

test.each(['prod', 'staging', 'dev'])(
  '%s.tfvars sets variables that are there, and all that have no default',
  (name) => {
    const set = all(read(`infra/${name}.tfvars`), /^(\w+)\s+=/gm)
    expect(missing(set, declared(platform, 'variable'))).toEqual([])
    const needed = [...platform.matchAll(/^variable "(\w+)" \{\n(.*?)^\}/gms)].flatMap(
      ([, variable = '', body = '']) => (/^ {2}default\s+=/m.test(body) ? [] : [variable]),
    )
    expect(missing(needed, new Set(set))).toEqual([])
  },
)

test('every secret gets its version', async () => {
  const { functions } = await readMap('infra/functions.tf.json')
  const secrets = [...Object.values(functions).flatMap((line) => line.secrets), 'DATABASE_ADMIN_PASSWORD']
  expect(missing(secrets, new Set(all(deploy, /\b([A-Z][A-Z_]+)\b/g)))).toEqual([])
})

test('builds are given what they ask for, and run where and as whom infra says', () => {
  const asked = new Set(builds.flatMap((build) => all(build, /^ {2}(_[A-Z]+):/gm)))
  expect(missing(all(deploy, /\b(_[A-Z]+)=/g), asked)).toEqual([])
  expect(
    missing(all(builds.join('\n'), /workerPools\/(\w+)/g), new Set(all(platform, /^ {2}name\s+= "(\w+)"/gm))),
  ).toEqual([])
  const accounts = new Set(all(platform, /account_id\s+= "([\w-]+)"/g))
  expect(missing(all(builds.join('\n'), /serviceAccounts\/([\w-]+)@/g), accounts)).toEqual([])
})

test('npm scripts, their verbs and options, and files that are named are there', () => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')))
  expect(missing(all(`${readme}\n${told}`, /npm run ([\w:]+)/g), new Set(Object.keys(scripts)))).toEqual([])
  const words = [...told.matchAll(/npm run (\w+) -- ([^\n`#|]+)/g)].flatMap(([, name = '', rest = '']) =>
    (rest.match(/^[a-z-]+|--[a-z-]+/g) ?? []).map((word) => ({ word, help: read(`scripts/${name}.ts`) })),
  )
  expect(words.filter(({ word, help }) => !help.includes(word)).map(({ word }) => word)).toEqual([])
  expect(words.length).toBeGreaterThan(4)
  const files = all(told, /\b((?:scripts|infra|functions|test)\/[\w./-]+\.\w+)/g)
  expect(files.filter((file) => !existsSync(file))).toEqual([])
})

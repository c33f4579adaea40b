import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { startCloud } from '../../scripts/local/cloud.ts'
import { putSecrets } from '../../scripts/local/put-secrets.ts'
import { endPool } from '../../shared/db/pools.ts'
import { type BenchDatabase, withDatabase } from '../bench/database.ts'
import { EXPECTED } from './expected.ts'
import { judge, summary } from './judge.ts'
import { startFixtureServer } from './server.ts'
import { runSuite } from './suite.ts'

const HELP = `Runs the official conformance suite of the Model Context Protocol against the product's MCP server, which has the
fixtures that the suite asks for beside its own tools.

  npm run test:mcp                       every server scenario
  npm run test:mcp -- --scenario ping    this one alone

test/mcp/expected.ts has a reason for each scenario that does not pass. A scenario in which the suite checks nothing is
NOT RUN, whatever the suite says. Ends with 1 when anything is other than expected, also for the better.
`
const PROJECT = 'conformance'
const { values } = parseArgs({
  options: { scenario: { type: 'string' }, help: { type: 'boolean', default: false } },
})
if (values.help) process.stdout.write(HELP)
else process.exitCode = (await withDatabase((database) => withCloud(database, () => run(values.scenario)))) ? 0 : 1

async function run(scenario: string | undefined): Promise<boolean> {
  const server = await startFixtureServer()
  try {
    const verdicts = (await runSuite(server.url, scenario)).map((result) => judge(result))
    const ran = new Set(verdicts.map((verdict) => verdict.scenario))
    const unknown = scenario === undefined ? Object.keys(EXPECTED).filter((name) => !ran.has(name)) : []
    const { lines, isFine } = summary(verdicts)
    console.log(lines.join('\n'))
    if (unknown.length > 0) console.log(`expected.ts has scenarios that the suite has not: ${unknown.join(', ')}`)
    return isFine && unknown.length === 0
  } finally {
    await server.close()
    await endPool()
  }
}

async function withCloud<T>(database: BenchDatabase, work: () => Promise<T>): Promise<T> {
  const cloud = await startCloud({ stateDir: path.join(database.folder, 'cloud'), port: 0 })
  const ring = JSON.stringify({ current: 'k1', keys: { k1: randomBytes(32).toString('base64') } })
  await putSecrets(cloud.url, PROJECT, { ENCRYPTION_KEYS: ring, JWT_KEYS: ring })
  await fetch(`${cloud.url}/v1/projects/${PROJECT}/topics/pulsepoint-events`, { method: 'PUT', body: '{}' })
  Object.assign(process.env, {
    GOOGLE_CLOUD_PROJECT: PROJECT,
    CLOUD_ENDPOINT: cloud.url,
    METADATA_SERVER_DETECTION: 'none',
    DATABASE_URL: database.url('pulsepoint_app'),
  })
  try {
    return await work()
  } finally {
    await cloud.close()
  }
}

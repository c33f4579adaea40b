import { afterAll, beforeAll, expect, it } from 'vitest'
import { useCloud } from '../support/cloud.ts'
import { useDatabase } from '../support/database.ts'
import type { EXPECTED } from './expected.ts'
import { judge, summary } from './judge.ts'
import { startFixtureServer } from './server.ts'
import { type Result, runSuite } from './suite.ts'

useDatabase()
useCloud()
let url = ''
beforeAll(async () => {
  const server = await startFixtureServer()
  afterAll(server.close)
  url = server.url
})

/** A few of `npm run test:mcp`: what the transport refuses, a stream, and one that cannot pass. */
const SMOKE = ['dns-rebinding-protection', 'tools-call-with-progress', 'resources-subscribe']

it('the official suite finds what is expected of the server', async () => {
  const results = await Promise.all(SMOKE.map((scenario) => runSuite(url, scenario)))
  const verdicts = results.flat().map((result) => judge(result))
  const [, ...lines] = summary(verdicts).lines
  expect(lines.at(-1)).toBe('3 scenarios: 2 passed, 1 failed, 0 NOT RUN; 0 other than expected')
  expect(verdicts.map(({ scenario }) => scenario)).toEqual(SMOKE)
})

it('nothing is fine that is other than expected, for the worse or the better, or that checked nothing', () => {
  const result = (passed: number, failed: number): Result => {
    return { scenario: 'ping', passed, failed, warned: 0, errors: failed > 0 ? ['no pong'] : [] }
  }
  const told = (found: Result, expected: typeof EXPECTED = {}): unknown[] => {
    const { outcome, says } = judge(found, expected)
    return [outcome, says, summary([judge(found, expected)]).isFine]
  }
  const fails = { ping: { outcome: 'failed', because: 'it is deaf' } } as const
  expect(told(result(1, 0))).toEqual(['passed', '', true])
  expect(told(result(1, 1))).toEqual(['failed', 'expected: passed; no pong', false])
  expect(told(result(0, 0))).toEqual(['not run', 'expected: passed', false])
  expect(told(result(0, 1), fails)).toEqual(['failed', 'it is deaf', true])
  expect(told(result(2, 0), fails)).toEqual([
    'passed',
    'expected: failed; its line in expected.ts is out of date',
    false,
  ])
  expect(told(result(0, 0), fails)).toEqual([
    'not run',
    'expected: failed; its line in expected.ts is out of date',
    false,
  ])
  expect(summary([]).isFine).toBe(false)
})

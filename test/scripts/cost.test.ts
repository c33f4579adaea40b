import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { billOf, claudeLines, total } from '../../scripts/cost/bill.ts'

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/cost.ts', ...args], {
    encoding: 'utf8',
  })

test('the bill is the sum of its lines, and its last line says so', () => {
  const { status, stdout } = run('--tenants', '100')
  const printed = [...stdout.matchAll(/^(?!without Claude)\S.*\s(\d+\.\d\d)$/gm)].map(([, usd]) => Number(usd))
  const last = stdout.trim().split('\n').at(-1) ?? ''
  expect(status).toBe(0)
  expect(last).toMatch(/^total_usd_per_month=\d+\.\d\d$/)
  expect(printed.reduce((sum, usd) => sum + usd, 0)).toBeCloseTo(Number(last.split('=')[1]), 0)
})

test('at 100 tenants it costs a fifth of the reference, and a tenant never more when there are more', () => {
  expect(total(billOf(100))).toBeLessThanOrEqual(200)
  expect(total(billOf(100)) + total(claudeLines(100))).toBeLessThanOrEqual(400)
  const each = [100, 1_000, 10_000, 100_000].map((tenants) => total(billOf(tenants)) / tenants)
  expect(each.toSorted((a, b) => b - a)).toEqual(each)
  for (const tenants of [1, 100, 100_000]) for (const { usd } of billOf(tenants)) expect(usd).toBeGreaterThanOrEqual(0)
})

test('wrong options are told in words', () => {
  const [wrong, unknown, help] = [run('--tenants', 'many'), run('--customers', '5'), run('--help')]
  expect([wrong.status, unknown.status, help.status]).toEqual([2, 2, 0])
  expect(wrong.stderr).toContain('--tenants expects a whole number')
  expect(help.stdout).toContain('total_usd_per_month')
})

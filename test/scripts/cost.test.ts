import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { billOf, claudeLines, total } from '../../scripts/cost/bill.ts'
import { ENVIRONMENTS, environmentOf } from '../../scripts/cost/environment.ts'

const prod = environmentOf('prod')

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
  expect(total(billOf(100, prod))).toBeLessThanOrEqual(200)
  expect(total(billOf(100, prod)) + total(claudeLines(100))).toBeLessThanOrEqual(400)
  const each = [100, 1_000, 10_000, 100_000].map((tenants) => total(billOf(tenants, prod)) / tenants)
  expect(each.toSorted((a, b) => b - a)).toEqual(each)
  for (const tenants of [1, 100, 100_000])
    for (const { usd } of billOf(tenants, prod)) expect(usd).toBeGreaterThanOrEqual(0)
})

test.each(ENVIRONMENTS)('the bill of %s has what its tfvars and the capacity table say', (name) => {
  const tfvars = readFileSync(`infra/${name}.tfvars`, 'utf8')
  const says = (pattern: RegExp): boolean => pattern.test(tfvars)
  const { sizes, database, jobs, secrets, armorRules } = environmentOf(name)
  const bill = new Map(billOf(1, environmentOf(name)).map((line) => [line.what, line]))
  expect(bill.has('Cloud SQL: replica')).toBe(says(/replica = true/))
  expect(bill.has('Cloud SQL: instance, regional')).toBe(says(/available = true/))
  expect(bill.get('functions: kept instances')?.quantity).toBe(says(/warm = true/) ? '3' : '0')
  expect(says(new RegExp(`tier = "db-custom-${database.vcpus}-${database.gib * 1024}"`))).toBe(true)
  expect([sizes.api.gib, sizes.others.gib, sizes.sync.concurrency]).toEqual([1, 0.5, 8])
  expect([jobs, secrets, armorRules].every((count) => count > 0)).toBe(true)
})

test('a database that is too small for its tenants is told, and paid for in the size that they need', () => {
  const { stdout } = run('--tenants', '10000', '--environment', 'staging')
  expect(stdout).toMatch(/database of infra\/staging\.tfvars \(2 vCPU\) is too small/)
  expect(run('--tenants', '100').stdout).not.toContain('too small')
})

test('wrong options are told in words', () => {
  const [wrong, unknown, help] = [run('--tenants', 'many'), run('--customers', '5'), run('--help')]
  const nowhere = run('--environment', 'moon')
  expect([wrong.status, unknown.status, nowhere.status, help.status]).toEqual([2, 2, 2, 0])
  expect(nowhere.stderr).toContain('--environment expects prod, staging, dev')
  expect(wrong.stderr).toContain('--tenants expects a whole number')
  expect(help.stdout).toContain('total_usd_per_month')
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { log, logError, traced } from '../../shared/log.ts'
import { runAs, systemActor } from '../../shared/tenant.ts'

let lines: Record<string, unknown>[] = []
beforeEach(() => {
  lines = []
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    lines.push(JSON.parse(String(chunk)))
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

const actor = systemActor('0192d3f4-5a6b-7c8d-9e0f-1a2b3c4d5e6f', 'maintain', 'r-1')

test('a line has its severity, whose it is, and the trace by its full name', () => {
  const trace = 'a'.repeat(32)
  traced(trace, () => runAs(actor, () => log('NOTICE', 'Done.', { rows: 3 })))
  expect(lines).toEqual([
    {
      severity: 'NOTICE',
      message: 'Done.',
      rows: 3,
      version: expect.any(String),
      'logging.googleapis.com/labels': { tenant_id: actor.tenantId, request_id: 'r-1', actor: 'maintain' },
      'logging.googleapis.com/trace': `projects/pulsepoint-test/traces/${trace}`,
    },
  ])
})

test('without a trace or an actor there is none; no field of a caller stands in for what the line says', () => {
  log('INFO', 'Starts.', { severity: 'DEBUG', message: 'other' })
  expect(lines).toEqual([{ severity: 'INFO', message: 'Starts.', version: expect.any(String) }])
})

test('what will be tried again is a warning, what will not is an error with its causes', () => {
  logError('One.', new AppError('UNAVAILABLE', 'Busy.', { cause: new Error('socket') }))
  logError('Two.', new TypeError('x is undefined'))
  expect(lines).toMatchObject([
    { severity: 'WARNING', code: 'UNAVAILABLE', causes: ['Busy.', 'socket'] },
    { severity: 'ERROR', code: 'INTERNAL', causes: ['x is undefined'], stack: expect.stringContaining('log.test') },
  ])
})

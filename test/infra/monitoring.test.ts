import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const monitoring = readFileSync('infra/monitoring.tf', 'utf8')
const product = readdirSync('shared', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))

/** Log lines that service levels are made of, each with the fields that are read of it. */
const durations = [...monitoring.matchAll(/line = "([^"]+)", only = "jsonPayload\.(\w+)[^"]*", field = "(\w+)"/g)]
const read = [
  ...durations.map(([, line = '', only = '', field = '']) => ({ line, fields: [only, field] })),
  { line: /jsonPayload\.message=\\"([^"$]+)\\""/.exec(monitoring)?.[1] ?? '', fields: ['is_accurate'] },
]

test.each(read)('the line "$line" is logged with what monitoring reads of it: $fields', ({ line, fields }) => {
  const calls = product.flatMap((text) => text.split(`log('INFO', '${line}'`).slice(1))
  expect(calls).toHaveLength(1)
  const logged = /\{[^}]*\}/.exec(calls[0] ?? '')?.[0] ?? ''
  for (const field of fields) expect(logged).toMatch(new RegExp(`\\b${field}\\b`))
})

test('each service level that is a duration is of a line', () => {
  expect(durations.map(([, , , field]) => field)).toEqual(['generation_time_ms', 'first_step_ms', 'duration_ms'])
})

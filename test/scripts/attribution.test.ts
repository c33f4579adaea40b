import { spawnSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CsvRecord, csvRecords } from '../../scripts/attribution/csv.ts'
import { HELP, readOptions } from '../../scripts/attribution/options.ts'
import { pathReader } from '../../scripts/attribution/paths.ts'
import { tables } from '../../scripts/attribution/table.ts'
import { scratch } from '../support/scratch.ts'

async function* inChunks(text: string, size: number): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size)
}
async function recordsOf(text: string, chunk = 7): Promise<CsvRecord[]> {
  const all: CsvRecord[] = []
  for await (const records of csvRecords(inChunks(text, chunk))) all.push(...records)
  return all
}
const fieldsOf = async (text: string): Promise<string[][]> => (await recordsOf(text)).map(({ fields }) => fields)

describe('records', () => {
  test('may be quoted, end in CRLF, begin with a byte order mark, and have blank lines between', async () => {
    expect(await recordsOf('\ufeffa,b\r\n"1,""x""\n2",\r\n\r\n3,"4"')).toEqual([
      { line: 1, fields: ['a', 'b'] },
      { line: 2, fields: ['1,"x"\n2', ''] },
      { line: 5, fields: ['3', '4'] },
    ])
  })

  test.each([
    [
      'a;b\n"1;2";3,5\n',
      [
        ['a', 'b'],
        ['1;2', '3,5'],
      ],
    ],
    [
      'a\tb\n1\t2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['', []],
  ])('%j', async (text, expected) => {
    expect(await fieldsOf(text)).toEqual(expected)
  })

  test.each([
    ['a,b\n1,2"3\n', 'line 2: a quote inside a field'],
    ['a,b\n"1\n2"x,3\n', 'line 2: text after the closing quote'],
    ['a,b\n1,2\n\n"3,4\n5', 'line 4: a quoted field that does not end'],
  ])('of %j are refused with their line', async (text, message) => {
    await expect(recordsOf(text)).rejects.toThrow(message)
  })

  test('are read as they were written, wherever the chunks end', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', ',', ';', '"', '\n', '\r', '>') })
    const records = fc.array(fc.array(field, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 5 })
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('\n', '\r\n'),
        async (rows, chunk, end) => {
          const text = `x,y${end}${rows.map((row) => row.map(quoted).join(',')).join(end)}`
          expect((await recordsOf(text, chunk)).slice(1).map(({ fields }) => fields)).toEqual(rows)
        },
      ),
    )
  })
})

describe('paths', () => {
  const header = { line: 1, fields: ['total_null', 'path', 'note', 'total_conversions', 'total_conversion_value'] }
  const read = (...fields: string[]) => pathReader(header)({ line: 9, fields })

  test('are read by the names of the columns', () => {
    expect(read('2', ' a >b> a ', '', '0.5', '1e+05')).toEqual({
      channels: ['a', 'b', 'a'],
      conversions: 0.5,
      value: 100_000,
      nulls: 2,
    })
  })

  test.each([
    [['1', ' ', '', '1', '1'], 'line 9: the path is empty'],
    [['1', 'a > > b', '', '1', '1'], 'line 9: a channel of the path has no name: "a > > b"'],
    [['1', 'a', '', 'NA', '1'], 'line 9: total_conversions is not a number: "NA"'],
    [['', 'a', '', '1', '1'], 'line 9: total_null is not a number: ""'],
    [['1', 'a', '', '1', '1e999'], 'line 9: total_conversion_value is not a number: "1e999"'],
    [['1', 'a', '', '-1', '1'], 'line 9: total_conversions is negative: -1'],
    [['1', 'a', '1', '1'], 'line 9: 4 fields where the header has 5'],
  ])('%j are refused', (fields, message) => {
    expect(() => read(...fields)).toThrow(message)
  })

  test('need every column once', () => {
    const withHeader = (...fields: string[]) => pathReader({ line: 1, fields })
    expect(() => withHeader('path', 'total_conversions', 'value')).toThrow(
      'line 1: the header lacks total_conversion_value, total_null; it has path, total_conversions, value',
    )
    expect(() => withHeader(...header.fields, 'path')).toThrow('line 1: the header has path twice')
  })
})

describe('options', () => {
  test('are all models and a table unless said', () => {
    expect(readOptions(['--paths', 'x.csv'])).toEqual({
      paths: 'x.csv',
      models: ['first', 'last', 'linear', 'position', 'markov', 'shapley'],
      json: false,
    })
    expect(readOptions(['--paths=x.csv', '--model', 'markov', '--json'])).toMatchObject({
      models: ['markov'],
      json: true,
    })
    expect(readOptions(['--help'])).toBe('help')
  })

  test.each([
    [[], '--paths FILE is missing'],
    [['--paths', 'x', '--model', 'time_decay'], '--model expects first, last'],
    [['--path', 'x'], "Unknown option '--path'"],
  ])('%j are refused', (args, message) => {
    expect(() => readOptions(args)).toThrow(message)
  })
})

test('the table has a row a channel, a column a model, and moves no cursor', () => {
  const last = new Map([
    ['ads', { conversions: 2.5, value: 100 }],
    ['e\nmail', { conversions: 0, value: 0 }],
  ])
  expect(tables({ last })).toBe(
    'conversions  last\nads          2.50\ne mail       0.00\n\nvalue     last\nads     100.00\ne mail    0.00',
  )
})

describe('the command', () => {
  let folder: string
  beforeAll(async () => {
    folder = await scratch('pulsepoint-attribution-')
    await writeFile(
      path.join(folder, 'good.csv'),
      'path,total_conversions,total_conversion_value,total_null\na > b,2,10,1\nb,0,0,3\n',
    )
    await writeFile(path.join(folder, 'bad.csv'), 'path,total_conversions,total_conversion_value,total_null\na,x,0,0\n')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['scripts/attribution.ts', ...args], { cwd: path.resolve('.'), encoding: 'utf8' })

  test('prints every model as JSON', () => {
    const { status, stdout } = run('--paths', path.join(folder, 'good.csv'), '--model', 'all', '--json')
    // start -> a 1/2, b 1/2; a -> b; b -> conversion 2/6: without a half of it is left, without b nothing.
    const thirds = {
      a: { conversions: expect.closeTo(2 / 3), value: expect.closeTo(10 / 3) },
      b: { conversions: expect.closeTo(4 / 3), value: expect.closeTo(20 / 3) },
    }
    const half = { conversions: 1, value: 5 }
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      {
        first: { a: { conversions: 2, value: 10 }, b: { conversions: 0, value: 0 } },
        last: { a: { conversions: 0, value: 0 }, b: { conversions: 2, value: 10 } },
        linear: { a: half, b: half },
        position: { a: half, b: half },
        markov: thirds,
        shapley: { a: half, b: half },
      },
    ])
  })

  test('tells a wrong file (1) from a wrong option (2), and helps (0)', () => {
    const file = path.join(folder, 'bad.csv')
    const wrong = run('--paths', file)
    expect([wrong.status, wrong.stdout, wrong.stderr]).toEqual([
      1,
      '',
      `${file}: line 2: total_conversions is not a number: "x".\n`,
    ])
    expect(run('--model').status).toBe(2)
    const { status, stdout } = run('--help')
    expect([status, stdout.trim()]).toEqual([0, HELP.trim()])
  })
})

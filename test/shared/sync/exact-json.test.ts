import { expect, it } from 'vitest'
import { parseExact, plainDecimal } from '../../../shared/sync/exact-json.ts'

it('keeps every digit of a number, and leaves the rest as JSON.parse reads it', () => {
  expect(parseExact('{"id":7002238017842757633,"list":[0.10,1E7,-0],"text":"1","none":null,"yes":true}')).toEqual({
    id: '7002238017842757633',
    list: ['0.10', '1E7', '-0'],
    text: '1',
    none: null,
    yes: true,
  })
})

it.each([
  ['1.5', '1.5'],
  ['1.5e-7', '0.00000015'],
  ['-2E-1', '-0.2'],
  ['1.25e+3', '1250'],
  ['1.25e1', '12.5'],
  ['1.0E7', '10000000'],
  ['1e999', '1e999'],
])('%s is written %s', (text, plain) => {
  expect(plainDecimal(text)).toBe(plain)
})

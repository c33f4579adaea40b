import { expect, test } from 'vitest'
import { atRate } from '../../../shared/fx/convert.ts'
import { decimalFromMicros, microsFromDecimal } from '../../../shared/units.ts'

test.each([
  ['100.00', 'USD', '0.935803855511884708965000935804', 'EUR', '93.58'],
  ['-100.00', 'USD', '0.935803855511884708965000935804', 'EUR', '-93.58'],
  ['12000', 'JPY', '0.005945303210463733650416171225', 'EUR', '71.34'],
  ['71.34', 'EUR', '168.20', 'JPY', '11999'],
  ['1.000', 'KWD', '491.5', 'JPY', '492'],
  ['-1.000', 'KWD', '491.5', 'JPY', '-492'],
  ['9223372036854.775807', 'IDR', '1', 'IDR', '9223372036854.78'],
])('%s %s at %s is %s %s', (amount, from, rate, to, converted) => {
  expect([from, decimalFromMicros(atRate(microsFromDecimal(amount), rate), to)]).toEqual([from, converted])
})

test('half a micro is rounded away from zero, and no digit is lost beyond 2^53', () => {
  expect([atRate(1n, '0.5'), atRate(-1n, '0.5'), atRate(3n, '0.5'), atRate(1n, '0.49')]).toEqual([1n, -1n, 2n, 0n])
  expect(atRate(9_007_199_254_740_993_000_001n, '3')).toBe(27_021_597_764_222_979_000_003n)
})

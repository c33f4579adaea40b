import { expect, it } from 'vitest'
import { calculate } from '../../../shared/ai/calculate.ts'
import type { Figure } from '../../../shared/ai/cell.ts'
import { labelText, valueText } from '../../../shared/ai/render.ts'

const figure = (ref: string, given: Partial<Figure>): [string, Figure] => [
  ref,
  {
    ref,
    metric: 'net',
    name: 'Net sales',
    subject: [],
    row: '',
    unit: 'money',
    currency: 'USD',
    value: 200_000_000n,
    period: { since: '2026-11-01', until: '2026-11-08' },
    against: null,
    ledger: null,
    as_of: null,
    provisional: false,
    incomplete: false,
    ...given,
  },
]
const figures = new Map([
  figure('a', {}),
  figure('b', {
    value: 50_000_000n,
    subject: ['Meta'],
    period: { since: '2026-11-08', until: '2026-11-15' },
    provisional: true,
  }),
  figure('orders', { metric: 'orders', name: 'Orders', unit: 'count', currency: null, value: 8_000_000n }),
  figure('zero', { value: 0n }),
  figure('euros', { currency: 'EUR' }),
  figure('unknown', { value: null }),
  figure('roas', { metric: 'roas', unit: 'ratio', currency: null, value: 3_000_000n }),
  figure('claimed', { metric: 'claimed_value' }),
])
const shown = (operation: 'add' | 'subtract' | 'multiply' | 'divide' | 'share' | 'change', ...of: string[]): string =>
  valueText(calculate({ operation, of }, figures, 'calc.1'))

it('computes in exact millionths, with the unit that follows', () => {
  expect([
    shown('add', 'a', 'b'),
    shown('subtract', 'b', 'a'),
    shown('divide', 'a', 'orders'),
    shown('multiply', 'a', 'roas'),
  ]).toEqual(['USD 250.00', 'USD -150.00', 'USD 25.00', 'USD 600.00'])
  expect([
    shown('divide', 'a', 'b'),
    shown('share', 'b', 'a'),
    shown('change', 'b', 'a'),
    shown('share', 'a', 'zero'),
  ]).toEqual(['4.00', '25.0%', '-75.0%', 'unknown'])
})

it('says in its label what it was made of, over which days, and that it may change', () => {
  expect(labelText(calculate({ operation: 'add', of: ['a', '[[b]]'] }, figures, 'calc.1'))).toBe(
    'Net sales (1 Nov 2026 – 7 Nov 2026) + Net sales · Meta (8 Nov 2026 – 14 Nov 2026), 1 Nov 2026 – 14 Nov 2026, provisional',
  )
})

it('refuses what has no meaning', () => {
  const refused: [Parameters<typeof shown>[0], string[]][] = [
    ['add', ['a', 'euros']],
    ['add', ['a', 'orders']],
    ['add', ['roas', 'roas']],
    ['add', ['claimed', 'claimed']],
    ['multiply', ['a', 'b']],
    ['share', ['a', 'unknown']],
    ['divide', ['a', 'b', 'orders']],
    ['add', ['a', 'nowhere']],
  ]
  for (const [operation, of] of refused) expect(() => shown(operation, ...of)).toThrow()
})

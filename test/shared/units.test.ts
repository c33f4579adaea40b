import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  currencyExponent,
  dayIn,
  decimalFromMicros,
  isCurrency,
  isTimeZone,
  microsFromDecimal,
  roundedMicros,
  scaleMicros,
  startOfDay,
} from '../../shared/units.ts'

describe('money', () => {
  it.each([
    ['12.34', 'USD', 12_340_000n, '12.34'],
    ['-0.01', 'USD', -10_000n, '-0.01'],
    ['1000', 'JPY', 1_000_000_000n, '1000'],
    ['1.2345', 'KWD', 1_234_500n, '1.235'],
    ['0.5', 'JPY', 500_000n, '1'],
    ['-0.5', 'JPY', -500_000n, '-1'],
    ['-0.499999', 'JPY', -499_999n, '0'],
    ['-0.0005', 'KWD', -500n, '-0.001'],
    ['0.00005', 'CLF', 50n, '0.0001'],
    ['0.00', 'EUR', 0n, '0.00'],
    ['9007199254740993.99', 'IDR', 9_007_199_254_740_993_990_000n, '9007199254740993.99'],
  ])('%s %s is %s micros and reads back as %s', (decimal, currency, micros, back) => {
    expect(microsFromDecimal(decimal)).toBe(micros)
    expect(decimalFromMicros(micros, currency)).toBe(back)
  })

  it.each(['', '1,5', '1.', '.5', '1e3', ' 1', '1.0000001', 'NaN', '--1', '0x1'])('%j is refused', (decimal) => {
    expect(() => microsFromDecimal(decimal)).toThrow(/decimal amount/)
  })

  it.each([
    ['12.3400005', 12_340_001n],
    ['12.34000049999', 12_340_000n],
    ['-0.0000005', -1n],
    ['-1.9999995', -2_000_000n],
    ['7', 7_000_000n],
  ])('%s is %s micros, rounded half away from zero', (decimal, micros) => {
    expect(roundedMicros(decimal)).toBe(micros)
  })

  it('reads back every amount of two digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (cents) => {
        expect(microsFromDecimal(decimalFromMicros(cents * 10_000n, 'USD'))).toBe(cents * 10_000n)
      }),
    )
  })

  it('knows the digits of currencies, and which codes are none', () => {
    expect(['USD', 'JPY', 'KWD', 'KRW'].map(currencyExponent)).toEqual([2, 0, 3, 0])
    expect(['USD', 'XYZ', 'usd', ''].map(isCurrency)).toEqual([true, false, false, false])
  })

  it('rounds half away from zero when scaling', () => {
    expect([
      scaleMicros(1n, 1n, 2n),
      scaleMicros(-1n, 1n, 2n),
      scaleMicros(10n, 1n, 3n),
      scaleMicros(7n, -1n, -2n),
    ]).toEqual([1n, -1n, 3n, 4n])
  })
})

describe('days', () => {
  it.each([
    ['America/New_York', '2026-11-01T03:59:59Z', '2026-10-31'],
    ['America/New_York', '2026-11-01T04:00:00Z', '2026-11-01'],
    ['America/New_York', '2026-11-02T04:59:59Z', '2026-11-01'],
    ['Asia/Kathmandu', '2024-02-28T18:15:00Z', '2024-02-29'],
    ['Australia/Lord_Howe', '2026-04-04T13:00:00Z', '2026-04-05'],
    ['UTC', '1997-01-01T17:00:00Z', '1997-01-01'],
  ])('in %s %s is %s', (zone, instant, day) => {
    expect(dayIn(zone, new Date(instant))).toBe(day)
  })

  it('agree with the formatter for every quarter hour around a change of clocks', () => {
    const formatter = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short' })
    for (let at = Date.parse('2026-03-28T20:00:00Z'); at < Date.parse('2026-03-29T04:00:00Z'); at += 7 * 60_000) {
      expect(dayIn('Europe/Berlin', new Date(at))).toBe(formatter.format(at))
    }
  })

  it('need a zone that exists', () => {
    expect(['Europe/Berlin', 'Mars/Olympus'].map(isTimeZone)).toEqual([true, false])
  })
})

describe('the days of a year with both changes of clocks, and of a leap year', () => {
  const HOUR_MS = 3_600_000
  it.each([
    ['Europe/Berlin', [23, 25]],
    ['America/New_York', [23, 25]],
    ['America/Santiago', [25, 23]],
    ['Australia/Lord_Howe', [24.5, 23.5]],
    ['Asia/Beirut', [23, 25]],
    ['Pacific/Auckland', [25, 23]],
    ['Asia/Kathmandu', []],
  ])('in %s follow one another without a gap, and have %j hours where clocks change', (zone, odd) => {
    for (const [since, days] of [['2026-01-01', 365] as const, ['2028-02-27', 4] as const]) {
      const starts = Array.from({ length: days + 1 }, (_, at) => startOfDay(zone, addDays(since, at)))
      const hours = starts.slice(1).map((end, at) => (end.getTime() - (starts[at]?.getTime() ?? 0)) / HOUR_MS)
      expect(hours.filter((length) => length !== 24)).toEqual(days === 365 ? odd : [])
      expect(hours.reduce((sum, length) => sum + length, 0)).toBe(24 * days)
      starts.slice(1).forEach((end, at) => {
        const day = addDays(since, at)
        expect([starts[at], new Date(end.getTime() - 1)].map((instant) => instant && dayIn(zone, instant))).toEqual([
          day,
          day,
        ])
      })
    }
  })
})

describe('the first instant of a day', () => {
  it.each([
    ['UTC', '2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z'],
    ['America/New_York', '2026-03-09', '2026-03-09T04:00:00.000Z'],
    ['Asia/Kathmandu', '2026-01-01', '2025-12-31T18:15:00.000Z'],
    ['Pacific/Kiritimati', '2026-01-01', '2025-12-31T10:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-01-01', '2026-01-01T11:00:00.000Z'],
    ['Asia/Beirut', '2024-03-31', '2024-03-30T22:00:00.000Z'], // begins at 01:00
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'], // was left out: the next one's
  ])('%s %s is %s', (timeZone, day, instant) => {
    expect(startOfDay(timeZone, day).toISOString()).toBe(instant)
  })
})

/** A currency as the bank quotes it: units for one euro about now, with this many decimals, in these years. */
export type Quoted = { currency: string; about: number; decimals: number; since: string; until: string; swing: number }

const BEGINNING = '1999-01-04'
const OPEN_END = '9999-12-31'

const quoted = (line: string): Quoted => {
  const [currency = '', about = '', swing = '', since = BEGINNING, until = OPEN_END] = line.trim().split(/ +/)
  return {
    currency,
    about: Number(about),
    decimals: about.split('.')[1]?.length ?? 0,
    swing: Number(swing),
    since,
    until,
  }
}

/** In the bank's own order. The swing is how far a currency strays: pegs hardly, and the lira far. */
export const QUOTED: readonly Quoted[] = `
  USD 1.1585 0.08
  JPY 171.94 0.12
  BGN 1.9558 0 2000-07-19 2025-12-31
  CZK 24.615 0.05
  DKK 7.4645 0.001
  GBP 0.86350 0.06
  HUF 389.25 0.08
  PLN 4.2560 0.05
  RON 5.0530 0.05 2005-07-01
  SEK 11.0640 0.07
  CHF 0.9412 0.08
  ISK 142.30 0.08 2018-02-01
  NOK 11.6390 0.08
  HRK 7.5345 0.01 1999-01-04 2022-12-30
  RUB 86.2500 0.15 1999-01-04 2022-03-01
  TRY 46.8702 0.3 2005-01-03
  AUD 1.7725 0.07
  BRL 6.2770 0.15 2008-01-02
  CAD 1.6120 0.06
  CNY 8.3120 0.07 2005-04-01
  HKD 9.0445 0.08
  IDR 19205.50 0.07 2005-04-01
  ILS 3.8960 0.08 2011-01-03
  INR 101.6850 0.08 2009-01-02
  KRW 1646.20 0.07
  MXN 21.5010 0.1 2008-01-02
  MYR 4.9010 0.06 2005-04-01
  NZD 2.0055 0.07
  PHP 67.420 0.06 2005-04-01
  SGD 1.5040 0.05
  THB 37.860 0.06 2005-04-01
  ZAR 20.1150 0.1`
  .trim()
  .split('\n')
  .map(quoted)

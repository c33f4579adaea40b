import * as z from 'zod'
import { nowText } from '../clock.ts'
import { config } from '../config.ts'
import { AppError } from '../errors.ts'
import { request } from '../fetch.ts'
import { readXml } from './xml.ts'

/** Units of the currency for one euro, as a decimal, on a day of Frankfurt. */
export type EuroRate = { day: string; currency: string; rate: string }

/** The newest day; the newest ninety days; everything since 1999. */
export type RatesFile = 'daily' | 'hist-90d' | 'hist'

/** Everything since 1999 is below 10 MB, and grows by a third of one a year. */
const MAX_BYTES = 20_000_000

// Any three letters: a currency that we do not know yet must not keep the others from us. Attributes are strict, because
// one more (such as a multiplier) would change what a rate means.
const Rate = z.object({
  name: z.literal('Cube'),
  attributes: z.strictObject({
    currency: z.string().regex(/^(?!EUR)[A-Z]{3}$/),
    rate: z.string().regex(/^(?=.*[1-9])\d{1,12}(\.\d{1,12})?$/),
  }),
})
const Day = z.object({
  name: z.literal('Cube'),
  attributes: z.strictObject({ time: z.iso.date() }),
  children: z.array(Rate).min(1),
})
const Envelope = z.object({
  name: z.literal('gesmes:Envelope'),
  children: z.tuple([
    z.object({ name: z.literal('gesmes:subject') }),
    z.object({ name: z.literal('gesmes:Sender') }),
    z.object({ name: z.literal('Cube'), children: z.array(Day).min(1) }),
  ]),
})

/**
 * The reference rates of one of the bank's files. Throws PROVIDER_UNAVAILABLE, and PROVIDER_BAD_RESPONSE for a file with
 * anything in it that is not as it should be. Source: ecb.europa.eu/stats/eurofxref, 2026-11.
 */
export async function fetchRates(file: RatesFile): Promise<EuroRate[]> {
  const answer = await request({
    target: 'The ECB',
    url: `${config('ECB_URL')}/stats/eurofxref/eurofxref-${file}.xml`,
    maxBytes: MAX_BYTES,
  })
  if (answer.status !== 200) throw refused(`the status ${answer.status}`)
  return readRates(answer.text, nowText().slice(0, 10))
}

/** What the file says, in its own order; `today` is the newest day that can be. Throws PROVIDER_BAD_RESPONSE. */
export function readRates(text: string, today: string): EuroRate[] {
  const parsed = Envelope.safeParse(readXml(text))
  if (!parsed.success) throw refused(z.prettifyError(parsed.error).slice(0, 500))
  const days = parsed.data.children[2].children.map(({ attributes: { time: day }, children }) => ({
    day,
    rates: children.map(({ attributes }) => ({ day, ...attributes })),
  }))
  const isTwice =
    !areDistinct(days.map(({ day }) => day)) || days.some(({ rates }) => !areDistinct(rates.map(currencyOf)))
  if (isTwice) throw refused('a rate twice')
  if (days.some(({ day }) => day > today)) throw refused('a day that has not come yet')
  return days.flatMap(({ rates }) => rates)
}

const areDistinct = (values: readonly string[]): boolean => new Set(values).size === values.length
const currencyOf = ({ currency }: EuroRate): string => currency

const refused = (what: string): AppError =>
  new AppError('PROVIDER_BAD_RESPONSE', `Expected a file of reference rates from the ECB, got ${what}.`)

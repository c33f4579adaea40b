import { expect, test } from 'vitest'
import { readRates } from '../../../shared/fx/ecb.ts'

const TODAY = '2026-11-27'
const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'
const envelope = (cubes: string, before = '') =>
  `${before}<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
	<Cube>${cubes}</Cube>
</gesmes:Envelope>`
const day = (time: string, rates: string) => `<Cube time="${time}">${rates}</Cube>`
const usd = `<Cube currency='USD' rate='1.0686'/>`

test('a file of several days is read in its own order, whatever its quotes and line breaks', () => {
  const text = envelope(
    `${day('2026-11-27', `\n\t${usd}\n\t<Cube currency="JPY" rate="168.20" />`)}${day('2026-11-26', usd)}`,
    PROLOG,
  )
  expect(readRates(text, TODAY)).toEqual([
    { day: '2026-11-27', currency: 'USD', rate: '1.0686' },
    { day: '2026-11-27', currency: 'JPY', rate: '168.20' },
    { day: '2026-11-26', currency: 'USD', rate: '1.0686' },
  ])
})

const one = (rates: string, time = '2026-11-27') => envelope(day(time, rates))

test.each([
  ['a day to come', one(usd, '2026-11-28')],
  ['no day', one(usd, '2026-02-30')],
  ['the same day twice', envelope(day('2026-11-27', usd).repeat(2))],
  ['the same currency twice', one(usd.repeat(2))],
  ['the euro itself', one(usd.replace('USD', 'EUR'))],
  ['a code that is none', one(usd.replace('USD', 'usd'))],
  ['a rate of zero', one(usd.replace('1.0686', '0.000'))],
  ['a negative rate', one(usd.replace('1.0686', '-1.0686'))],
  ['no number', one(usd.replace('1.0686', 'N/A'))],
  ['a number that is not plain', one(usd.replace('1.0686', '1e3'))],
  ['a rate that means something else', one(usd.replace('/>', ` multiplier='100'/>`))],
  ['no rates', one('')],
  ['no days', envelope('')],
  ['half a file', one(usd).slice(0, -10)],
  ['something after it', `${one(usd)}<Cube/>`],
  ['a DTD', envelope(day('2026-11-27', usd), '<!DOCTYPE x [<!ENTITY a "1">]>')],
  ['an entity', one(usd.replace('1.0686', '&#49;'))],
  ['a comment', one(`<!-- ${usd} -->${usd}`)],
  ['an attribute twice', one(usd.replace('/>', ` rate='2'/>`))],
  ['tags that cross', one(`<Cube currency='USD' rate='1.0686'></Rate>`)],
  ['a page of HTML', '<!doctype html><html><body>Maintenance</body></html>'],
  ['nothing', ''],
])('%s: the file is refused whole', (_, text) => {
  expect(() => readRates(text, TODAY)).toThrow(expect.objectContaining({ code: 'PROVIDER_BAD_RESPONSE' }))
})

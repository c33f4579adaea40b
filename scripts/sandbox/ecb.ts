import { type Context, Hono } from 'hono'
import { type PublishedDay, publishedDays } from './ecb/rates.ts'

/** The bank's own history begins in 1999: a local start would take seconds longer for days that no demo has. */
const FIRST_DAY = '2016-01-04'
const RECENT_MS = 90 * 86_400_000
const NAMESPACES =
  'xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"'
const SENDER = '<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>'

/** The histories are one line with double quotes; the newest day is indented and has single ones. */
const history = (days: readonly PublishedDay[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope ${NAMESPACES}><gesmes:subject>Reference rates</gesmes:subject>${SENDER}<Cube>${days
    .map(({ day, rates }) => `<Cube time="${day}">${rates.map(cubes('"')).join('')}</Cube>`)
    .join('')}</Cube></gesmes:Envelope>`

const newest = ({ day, rates }: PublishedDay): string => `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope ${NAMESPACES}>
\t<gesmes:subject>Reference rates</gesmes:subject>
\t${SENDER.replace('><gesmes:name>', '>\n\t\t<gesmes:name>').replace('</gesmes:Sender>', '\n\t</gesmes:Sender>')}
\t<Cube>
\t\t<Cube time='${day}'>
${rates.map((each) => `\t\t\t${cubes("'")(each)}\n`).join('')}\t\t</Cube>
\t</Cube>
</gesmes:Envelope>`

const cubes =
  (quote: string) =>
  ({ currency, rate }: PublishedDay['rates'][number]): string =>
    `<Cube currency=${quote}${currency}${quote} rate=${quote}${rate}${quote}/>`

/** The ECB's reference rates as XML files: the newest day, the newest ninety days, and all since the first. */
export function ecbSandbox({ now, since = FIRST_DAY }: { now: () => Date; since?: string }): Hono {
  const recently = (): string => new Date(now().getTime() - RECENT_MS).toISOString().slice(0, 10)
  const file = (c: Context, text: string): Response => c.body(text, 200, { 'Content-Type': 'text/xml' })
  return new Hono()
    .get('/stats/eurofxref/eurofxref-daily.xml', (c) =>
      file(c, [...publishedDays(now(), since).take(1)].map(newest).join('')),
    )
    .get('/stats/eurofxref/eurofxref-hist-90d.xml', (c) => file(c, history([...publishedDays(now(), recently())])))
    .get('/stats/eurofxref/eurofxref-hist.xml', (c) => file(c, history([...publishedDays(now(), since)])))
}

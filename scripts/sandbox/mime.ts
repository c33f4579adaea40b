/** What a person would see of a mail: its headers by lower-case name, and its text and HTML parts. */
export type Decoded = { subject: string; headers: Record<string, string>; text: string | null; html: string | null }

type Part = { headers: Record<string, string>; body: string }

/** Reads what mailers write: RFC 5322 headers, RFC 2047 words, and one level of RFC 2046 parts in UTF-8. */
export function decodeMail(raw: string): Decoded {
  const whole = split(raw)
  const boundary = /boundary="?([^";]+)"?/i.exec(whole.headers['content-type'] ?? '')?.[1]
  const parts = boundary === undefined ? [whole] : partsOf(whole.body, boundary)
  const find = (type: string): string | null => {
    const part = parts.find(({ headers }) => (headers['content-type'] ?? 'text/plain').startsWith(type))
    return part ? bodyOf(part) : null
  }
  const { headers } = whole
  return { subject: words(headers.subject ?? ''), headers, text: find('text/plain'), html: find('text/html') }
}

function split(raw: string): Part {
  const text = raw.replace(/\r\n/g, '\n')
  const end = text.indexOf('\n\n')
  const head = end < 0 ? text : text.slice(0, end)
  const lines = head.replace(/\n[ \t]+/g, ' ').split('\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { headers: Object.fromEntries(headers), body: end < 0 ? '' : text.slice(end + 2) }
}

const partsOf = (body: string, boundary: string): Part[] =>
  `\n${body}`
    .split(`\n--${boundary}`)
    .slice(1, -1)
    .map((part) => split(part.replace(/^\n/, '')))

function bodyOf({ headers, body }: Part): string {
  const encoding = headers['content-transfer-encoding']?.toLowerCase()
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  return encoding === 'quoted-printable' ? quotedPrintable(body.replace(/=\n/g, '')) : body
}

const quotedPrintable = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')

/** Neighbouring encoded words are one text. */
const words = (header: string): string =>
  header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, encoding: string, text: string) =>
      encoding.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : quotedPrintable(text.replaceAll('_', ' ')),
    )

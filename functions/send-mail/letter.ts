import type { Explained } from '../../shared/operations/insights/explanation.ts'

type ToldAlert = {
  title: string
  message: string
  severity: string
  status: string
  rule: string
  explained: Explained
}

/** Whom a letter is for. */
export type Reader = {
  email: string
  company_name: string
  /** What the letter tells of, as it is now; null of every other letter, and of an alert that is gone. */
  alert: ToldAlert | null
}

/** A letter before it has a form: what it says, in paragraphs of plain text, and one thing to do. */
export type Letter = {
  subject: string
  paragraphs: readonly string[]
  /** Comes after the first paragraph. */
  button: { label: string; url: string } | null
}

/** `link` is null where the requester gave none. */
export type Template = (reader: Reader, link: string | null) => Letter

export type Rendered = { subject: string; text: string; html: string }

/** The letter as plain text and as simple HTML that says the same. Names come from people, so nothing in them is markup or a header. */
export function render({ subject, paragraphs, button }: Letter): Rendered {
  const [first = '', ...others] = paragraphs.map(oneLine)
  const link = button && `${button.label}:\n${button.url}`
  const action = button
    ? [`<p><a href="${escaped(button.url)}" style="${BUTTON}">${escaped(button.label)}</a></p>`]
    : []
  const body = [paragraph(first), ...action, ...others.map(paragraph)].join('\n')
  return {
    subject: oneLine(subject),
    text: `${[first, link, ...others].filter((part) => part !== null).join('\n\n')}\n`,
    html: `<!doctype html>\n<html lang="en">\n<body style="${PAGE}">\n${body}\n</body>\n</html>\n`,
  }
}

const PAGE = 'font-family: sans-serif; font-size: 16px; line-height: 1.5; color: #1a1a1a; max-width: 32em'
const BUTTON =
  'display: inline-block; padding: 10px 18px; border-radius: 6px; background: #1f4fd8; color: #ffffff; text-decoration: none'

const paragraph = (text: string): string => `<p>${escaped(text)}</p>`

/** A line break in a name would begin a header or a paragraph of its own. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

import { AppError } from '../errors.ts'

/** Text between the tags is left out. */
export type Element = { name: string; attributes: Readonly<Record<string, string>>; children: readonly Element[] }
type Open = { name: string; children: Element[] }

const NAME = '[A-Za-z_][\\w.:-]*'
const VALUE = `"[^"<&]*"|'[^'<&]*'`
const PROLOG = /^\uFEFF?(?:<\?xml [^<>?]*\?>)?\s*/
const TEXT = /[^<&]+/y
const TAG = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:${VALUE}))*)\\s*(/?)>`, 'y')
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(${VALUE})`, 'g')

/**
 * Elements and attributes, which is all that plain data needs; its only element without a parent is the answer. Throws
 * PROVIDER_BAD_RESPONSE on anything else: a DTD, an entity, a comment, CDATA, a tag that is not closed.
 */
export function readXml(text: string): Element {
  const top: Open = { name: '', children: [] }
  const open = [top]
  for (let at = PROLOG.exec(text)?.[0].length ?? 0; at < text.length; ) {
    TEXT.lastIndex = at
    TAG.lastIndex = at
    const words = TEXT.exec(text)
    const tag = words ? null : TAG.exec(text)
    if (tag) take(open, tag)
    else if (!words || (open.length === 1 && words[0].trim() !== '')) throw refused(`unexpected text at ${at}`)
    at += (words ?? tag)?.[0].length ?? 0
  }
  const [root, ...others] = top.children
  if (!root || others.length > 0 || open.length > 1) throw refused('not one whole element')
  return root
}

function take(open: Open[], [, closing, name = '', written = '', empty]: RegExpExecArray): void {
  if (closing) {
    if (open.length === 1 || open.pop()?.name !== name || written || empty) throw refused(`</${name}> closes nothing`)
    return
  }
  const element = { name, attributes: attributesOf(written), children: [] }
  open.at(-1)?.children.push(element)
  if (!empty) open.push(element)
}

function attributesOf(written: string): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null)
  ATTRIBUTE.lastIndex = 0
  for (let found = ATTRIBUTE.exec(written); found; found = ATTRIBUTE.exec(written)) {
    const [, name = '', value = ''] = found
    if (name in attributes) throw refused('an attribute twice')
    attributes[name] = value.slice(1, -1)
  }
  return attributes
}

const refused = (why: string): AppError => new AppError('PROVIDER_BAD_RESPONSE', `Expected plain XML data, got ${why}.`)

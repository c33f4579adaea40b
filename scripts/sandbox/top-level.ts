/**
 * Reads string members of a JSON object's top level without parsing the rest: nested objects are stepped over.
 * Also tells whether the text is one balanced object, which is what a cut or garbled line is not.
 */
export type TopLevel = { strings: Record<string, string>; balanced: boolean }

const QUOTE = 34
const BACKSLASH = 92
const OPEN = 123
const CLOSE = 125
const OPEN_LIST = 91
const CLOSE_LIST = 93
const COLON = 58

function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start); end !== -1; end = json.indexOf('"', end + 1)) {
    let slashes = 0
    while (json.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return end
  }
  return -1
}

function valueAfter(json: string, at: number): string | null {
  let from = at
  while (json.charCodeAt(from) <= 32) from++
  if (json.charCodeAt(from) !== QUOTE) return null
  const end = endOfString(json, from + 1)
  return end === -1 ? null : json.slice(from + 1, end)
}

export function topLevel(json: string, wanted: readonly string[]): TopLevel {
  const strings: Record<string, string> = {}
  let depth = 0
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i)
    if (code === QUOTE) {
      const end = endOfString(json, i + 1)
      if (end === -1) return { strings, balanced: false }
      if (depth === 1 && wanted.length > 0) {
        let next = end + 1
        while (json.charCodeAt(next) <= 32) next++
        const key = json.charCodeAt(next) === COLON ? json.slice(i + 1, end) : ''
        const value = wanted.includes(key) ? valueAfter(json, next + 1) : null
        if (value !== null) strings[key] = value
      }
      i = end
    } else if (code === OPEN || code === OPEN_LIST) depth++
    else if ((code === CLOSE || code === CLOSE_LIST) && --depth === 0)
      return { strings, balanced: json.slice(i + 1).trim() === '' }
  }
  return { strings, balanced: false }
}

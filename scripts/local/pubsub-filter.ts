/** Whether a message's attributes pass a subscription's filter. */
export type Filter = (attributes: Readonly<Record<string, string>>) => boolean

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][\w-]*)|(!=|[=:.(),-]))/y
const everything: Filter = () => true

type Token = { kind: 'text' | 'word' | 'sign'; value: string }

/**
 * Compiles Pub/Sub's filter language: `attributes.k = "v"`, `!=`, `attributes:k`, `hasPrefix(attributes.k, "v")`,
 * AND, OR, NOT, `-` and brackets; a key may be quoted. Mixing AND and OR without brackets is refused, as Google does.
 * Throws an Error with the position. Source: cloud.google.com/pubsub/docs/subscription-message-filter
 */
export function compileFilter(source: string): Filter {
  if (source.trim() === '') return everything
  const parser = new Parser(tokens(source))
  const filter = parser.expression()
  parser.end()
  return filter
}

function tokens(source: string): Token[] {
  const found: Token[] = []
  const text = source.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match) throw new Error(`filter: unexpected character at ${at} in ${source}`)
    const [, quoted, word, sign] = match
    if (quoted !== undefined) found.push({ kind: 'text', value: quoted.replace(/\\(.)/g, '$1') })
    else if (word !== undefined) found.push({ kind: 'word', value: word })
    else found.push({ kind: 'sign', value: sign ?? '' })
  }
  return found
}

class Parser {
  readonly #tokens: Token[]
  #at = 0

  constructor(list: Token[]) {
    this.#tokens = list
  }

  expression(): Filter {
    const terms = [this.#term()]
    const joiner = this.#tokens[this.#at]?.value
    if (joiner !== 'AND' && joiner !== 'OR') return terms[0] ?? everything
    while (this.#take('word', joiner)) terms.push(this.#term())
    return joiner === 'AND' ? (a) => terms.every((term) => term(a)) : (a) => terms.some((term) => term(a))
  }

  end() {
    if (this.#at < this.#tokens.length) throw this.#unexpected()
  }

  #term(): Filter {
    if (this.#take('word', 'NOT') || this.#take('sign', '-')) {
      const inner = this.#term()
      return (a) => !inner(a)
    }
    if (this.#take('sign', '(')) {
      const inner = this.expression()
      this.#need('sign', ')')
      return inner
    }
    return this.#take('word', 'hasPrefix') ? this.#prefix() : this.#comparison()
  }

  #prefix(): Filter {
    this.#need('sign', '(')
    this.#need('word', 'attributes')
    this.#need('sign', '.')
    const key = this.#key()
    this.#need('sign', ',')
    const start = this.#need('text')
    this.#need('sign', ')')
    return (a) => a[key]?.startsWith(start) ?? false
  }

  #comparison(): Filter {
    this.#need('word', 'attributes')
    if (this.#take('sign', ':')) {
      const key = this.#key()
      return (a) => Object.hasOwn(a, key)
    }
    this.#need('sign', '.')
    const key = this.#key()
    const different = this.#take('sign', '!=')
    if (!different) this.#need('sign', '=')
    const value = this.#need('text')
    return different ? (a) => a[key] !== value : (a) => a[key] === value
  }

  #key(): string {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'text' && token?.kind !== 'word') throw this.#unexpected()
    this.#at += 1
    return token.value
  }

  #take(kind: Token['kind'], value: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== kind || token.value !== value) return false
    this.#at += 1
    return true
  }

  #need(kind: Token['kind'], value?: string): string {
    const token = this.#tokens[this.#at]
    if (token?.kind !== kind || (value !== undefined && token.value !== value)) throw this.#unexpected(value ?? kind)
    this.#at += 1
    return token.value
  }

  #unexpected(wanted = 'end'): Error {
    return new Error(`filter: expected ${wanted}, found ${this.#tokens[this.#at]?.value ?? 'end'}`)
  }
}

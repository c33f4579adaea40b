import type { Cells, Figure } from './cell.ts'
import { contradictionsIn, type Piece } from './claims.ts'
import { plain, unprovenIn } from './prose.ts'
import { labelText, valueText } from './render.ts'

/** What a reader sees, in its order. A figure always comes with its label. */
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'figure'; text: string; label: string; ref: string }
  | { kind: 'quote'; text: string; ref: string }

export type Grounded = { proven: true; parts: Part[]; figures: Figure[] } | { proven: false; problems: string[] }

const REFERENCE = /\[\[([^[\]]*)\]\]/g

/** The model's text with its references resolved, or why it must not be shown. `secret`: text that must not be repeated. */
export function ground(text: string, cells: Cells, secret: string): Grounded {
  const problems: string[] = []
  const pieces = piecesOf(text, cells, (problem) => problems.push(problem))
  const prose = pieces.map((piece) => ('text' in piece ? piece.text : ' ')).join('')
  problems.push(...unprovenIn(prose), ...contradictionsIn(pieces, cells))
  if (/\[\[|\]\]/.test(prose)) problems.push('brackets that are no reference')
  if (repeats(prose, secret)) problems.push('words of the instructions')
  if (prose.trim() === '' && pieces.every((piece) => 'text' in piece)) problems.push('nothing is said')
  if (problems.length > 0) return { proven: false, problems: [...new Set(problems)] }
  return { proven: true, parts: pieces.map(partOf), figures: pieces.flatMap((p) => ('figure' in p ? [p.figure] : [])) }
}

function piecesOf(text: string, cells: Cells, onProblem: (problem: string) => void): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(REFERENCE)) {
    if (match.index > from) pieces.push({ text: plain(text.slice(from, match.index)) })
    from = match.index + match[0].length
    const piece = resolved((match[1] ?? '').trim(), cells)
    if (piece) pieces.push(piece)
    else onProblem(`[[${(match[1] ?? '').trim().slice(0, 80)}]] is no cell of any result`)
  }
  if (from < text.length) pieces.push({ text: plain(text.slice(from)) })
  return pieces
}

function resolved(ref: string, { figures, quotes }: Cells): Piece | null {
  const figure = figures.get(ref)
  if (figure) return { figure }
  const quote = quotes.get(ref)
  return quote ? { quote } : null
}

function partOf(piece: Piece): Part {
  if ('text' in piece) return { kind: 'text', text: piece.text }
  if ('quote' in piece) return { kind: 'quote', text: piece.quote.text, ref: piece.quote.ref }
  const { figure } = piece
  return { kind: 'figure', text: valueText(figure), label: labelText(figure), ref: figure.ref }
}

/** One text of all parts: a label stands behind its value, words of the store between quotes. */
export const textOf = (parts: readonly Part[]): string =>
  parts
    .map((part) =>
      part.kind === 'text' ? part.text : part.kind === 'quote' ? `“${part.text}”` : `${part.text} (${part.label})`,
    )
    .join('')
    .trim()

const RUN = 7

/** Whether seven words in a row are those of the secret. */
function repeats(prose: string, secret: string): boolean {
  const spoken = ` ${wordsOf(prose).join(' ')} `
  const words = wordsOf(secret)
  return words.some((_, at) => at + RUN <= words.length && spoken.includes(` ${words.slice(at, at + RUN).join(' ')} `))
}

const wordsOf = (text: string): string[] =>
  plain(text)
    .toLowerCase()
    .match(/\p{L}+/gu) ?? []

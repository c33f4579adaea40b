import type { Part } from './answers.ts'

type FigurePart = Extract<Part, { kind: 'figure' }>
type Choosing = { chosen: string | null; onChoose: (ref: string) => void }

/** Checked text; a figure that is pressed is chosen, so that its cell can be shown. */
export const Told = ({ parts, ...choosing }: Choosing & { parts: readonly Part[] }) =>
  parts.map((part, index) => {
    const [before, next] = [parts[index - 1], parts[index + 1]]
    if (part.kind === 'text') return before?.kind === 'figure' ? bulleted(afterMark(part.text)) : bulleted(part.text)
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order.
    if (part.kind === 'quote') return <q key={index}>{part.text}</q>
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: nor here.
      <span key={index} className="whitespace-nowrap">
        <Figure figure={part} {...choosing} />
        {next?.kind === 'text' && markOf(next.text)}
      </span>
    )
  })

const bulleted = (text: string): string => text.replace(/(^|\n)- /g, '$1• ')

/** A comma or full stop stays on the line of the figure before it. */
const MARK = /^[.,;:!?)]+/
const markOf = (text: string): string => MARK.exec(text)?.[0] ?? ''
const afterMark = (text: string): string => text.replace(MARK, '')

const Figure = ({ figure: { ref, label, text }, chosen, onChoose }: Choosing & { figure: FigurePart }) => (
  <button
    type="button"
    aria-pressed={ref === chosen}
    title={label}
    onClick={() => onChoose(ref)}
    className="rounded font-semibold text-accent-text underline decoration-accent-text/50 decoration-dotted underline-offset-4 hover:bg-accent/10 aria-pressed:bg-accent aria-pressed:text-accent-ink aria-pressed:no-underline aria-pressed:ring-2 aria-pressed:ring-accent"
  >
    {text}
    <span className="sr-only">, {label}: show where it comes from</span>
  </button>
)

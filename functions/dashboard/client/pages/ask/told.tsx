import type { Part } from './answers.ts'

type Choosing = { chosen: string | null; onChoose: (ref: string) => void }

/** Checked text; a figure that is pressed is chosen, so that its cell can be shown. */
export const Told = ({ parts, ...choosing }: Choosing & { parts: readonly Part[] }) =>
  parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order.
    <PartView key={index} part={part} {...choosing} />
  ))

function PartView({ part, chosen, onChoose }: Choosing & { part: Part }) {
  if (part.kind === 'text') return part.text.replace(/(^|\n)- /g, '$1• ')
  if (part.kind === 'quote') return <q>{part.text}</q>
  return (
    <button
      type="button"
      aria-pressed={part.ref === chosen}
      title={part.label}
      onClick={() => onChoose(part.ref)}
      className="rounded font-semibold text-accent-text underline decoration-accent-text/50 decoration-dotted underline-offset-4 hover:bg-accent/10 aria-pressed:bg-accent aria-pressed:text-accent-ink aria-pressed:no-underline aria-pressed:ring-3 aria-pressed:ring-accent"
    >
      {part.text}
      <span className="sr-only">, {part.label}: show where it comes from</span>
    </button>
  )
}

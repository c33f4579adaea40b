import { CircleAlert, CircleCheck, LoaderCircle } from 'lucide-react'
import { Card, CardBody } from '../../parts/card.tsx'
import { formatCount, inWords } from '../../parts/format.ts'
import type { Step } from './answers.ts'

const ICONS = {
  started: { icon: LoaderCircle, className: 'animate-spin text-ink-3' },
  done: { icon: CircleCheck, className: 'text-good' },
  failed: { icon: CircleAlert, className: 'text-bad' },
} as const

/** What is looked up, as it happens. */
export const Steps = ({ question, steps }: { question: string; steps: readonly Step[] }) => (
  <Card title={question} hint="Looking it up in your data">
    <CardBody>
      <ol className="flex flex-col gap-2.5 text-sm">
        {steps.map(({ tool, status, result, duration_ms, arguments: given }) => {
          const { icon: Icon, className } = ICONS[status]
          return (
            <li key={`${tool} ${JSON.stringify(given)}`} className="flex min-w-0 items-start gap-2.5">
              <Icon size={16} aria-label={status} className={`mt-0.5 shrink-0 ${className}`} />
              <span className="min-w-0">
                <span className="font-medium text-ink">{inWords(tool)}</span>
                {result && <span className="block truncate text-ink-3 text-xs">{result}</span>}
              </span>
              {duration_ms !== null && (
                <span className="ml-auto shrink-0 text-ink-3 text-xs">{formatCount(duration_ms / 1000)} s</span>
              )}
            </li>
          )
        })}
        <li className="flex items-center gap-2.5 text-ink-3">
          <LoaderCircle size={16} aria-hidden className="animate-spin" /> Thinking, then checking every figure …
        </li>
      </ol>
    </CardBody>
  </Card>
)

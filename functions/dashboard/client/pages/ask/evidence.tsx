import { useEffect, useRef } from 'react'
import { Badge } from '../../parts/badge.tsx'
import { Card, CardBody } from '../../parts/card.tsx'
import { formatLongDay, inWords } from '../../parts/format.ts'
import type { Result } from './answers.ts'

type Cell = Result['cells'][number]

/** The cells that the answer rests on, by the tool that found them. */
export function EvidencePanel({ evidence, chosen }: { evidence: readonly Result[]; chosen: string | null }) {
  if (evidence.length === 0) return null
  return (
    <Card title="Evidence" hint="Exactly what was looked up, and with which filters.">
      <CardBody className="flex flex-col gap-5">
        {evidence.map(({ result, tool, arguments: filters, cells }) => (
          <section key={result} aria-label={toolName(tool)}>
            <h3 className="font-medium text-ink text-sm">{toolName(tool)}</h3>
            <p className="mb-2 break-words text-ink-3 text-xs">{filtersOf(filters)}</p>
            <ul className="flex flex-col gap-1">
              {cells.map((cell) => (
                <CellRow key={cell.ref} cell={cell} isChosen={cell.ref === chosen} />
              ))}
            </ul>
          </section>
        ))}
      </CardBody>
    </Card>
  )
}

const filtersOf = (filters: Record<string, unknown>): string =>
  Object.entries(filters)
    .filter(([name]) => !UNTOLD.includes(name))
    .map(([name, value]) => `${inWords(name)}: ${[value].flat().map(plainly).join(', ')}`)
    .join(' · ')

/** Which brand is known, and how many rows at most tells nothing. */
const UNTOLD = ['id', 'limit']
const plainly = (value: unknown): string =>
  typeof value === 'string' ? inWords(value.replace(/^\d{4}-\d\d-\d\d$/, formatLongDay)) : JSON.stringify(value)

/** `get_metrics` as what it looks up. */
const toolName = (tool: string): string => inWords(tool.replace(/^(get|list)_/, ''))

function CellRow({ cell, isChosen }: { cell: Cell; isChosen: boolean }) {
  const ref = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isChosen) ref.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  const { label, text, provisional, incomplete } = cell
  return (
    <li
      ref={ref}
      data-ref={cell.ref}
      aria-current={isChosen}
      className="flex items-start justify-between gap-3 rounded-lg px-2.5 py-2 text-sm aria-[current=true]:bg-accent/10 aria-[current=true]:ring-1 aria-[current=true]:ring-accent"
    >
      <span className="min-w-0">
        <span className="block text-ink-2">{label}</span>
        {(provisional || incomplete) && (
          <span className="mt-1 flex gap-1">
            {provisional && <Badge tone="warn">May still change</Badge>}
            {incomplete && <Badge tone="warn">Incomplete</Badge>}
          </span>
        )}
      </span>
      <strong className="shrink-0 font-semibold text-ink">{text}</strong>
    </li>
  )
}

import { useState } from 'react'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card, CardBody } from '../../parts/card.tsx'
import { cn } from '../../parts/class-names.ts'
import { formatAgo, formatLongDay, platformName } from '../../parts/format.ts'
import { EvidencePanel } from '../ask/evidence.tsx'
import { Told } from '../ask/told.tsx'

/** The last day that is told in words; a figure that is pressed shows its cell beneath. */
export function DaySummary({ brandId }: { brandId: string }) {
  const [ref, setRef] = useState<string | null>(null)
  const summary = useRead(operations.get_brand_summary, { id: brandId }).data?.data.summary
  if (!summary) return null
  const { day, parts, evidence, late, written_by, written_at } = summary
  return (
    <Card
      title={`${formatLongDay(day)} in words`}
      hint={`Written ${formatAgo(written_at)}${written_by === 'claude' ? ' by Claude; every figure was checked' : ''}. Press a figure to see where it comes from.`}
    >
      <CardBody className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_auto]">
        <div>
          <p
            className={cn(
              'whitespace-pre-wrap text-pretty text-ink leading-relaxed',
              ref === null && 'xl:columns-2 xl:gap-12',
            )}
          >
            <Told parts={parts} chosen={ref} onChoose={(chosen) => setRef(chosen === ref ? null : chosen)} />
          </p>
          {late.length > 0 && (
            <p className="mt-2 text-warn text-xs">
              {late.map(platformName).join(', ')} had not arrived: these figures may be missing.
            </p>
          )}
        </div>
        {ref !== null && (
          <div className="max-h-96 overflow-y-auto rounded-xl border border-line *:border-0 xl:w-[28rem]">
            <EvidencePanel evidence={evidence} chosen={ref} />
          </div>
        )}
      </CardBody>
    </Card>
  )
}

import { useState } from 'react'
import { Badge } from '../../parts/badge.tsx'
import { Card, CardBody } from '../../parts/card.tsx'
import { formatCost, formatCount, inWords } from '../../parts/format.ts'
import type { Answer } from './answers.ts'
import { EvidencePanel } from './evidence.tsx'
import { Feedback } from './feedback.tsx'
import { Told } from './told.tsx'

type Shown = Pick<
  Answer,
  'question_id' | 'parts' | 'evidence' | 'status' | 'reason' | 'answer' | 'model' | 'tokens_used' | 'cost' | 'cached'
>

/** The checked text; a figure that is pressed shows its cell in the evidence beside it. */
export function AnswerView({ question, answer }: { question: string; answer: Shown }) {
  const [ref, setRef] = useState<string | null>(null)
  const { parts, evidence } = answer
  return (
    <div className="grid items-start gap-4 2xl:grid-cols-[minmax(0,1fr)_26rem]">
      <Card title={question} actions={<StatusBadge answer={answer} />}>
        <CardBody className="flex flex-col gap-4">
          <p className="max-w-prose whitespace-pre-wrap text-base text-ink leading-relaxed">
            {parts.length === 0 && (answer.answer || 'There is no answer to this.')}
            <Told parts={parts} chosen={ref} onChoose={setRef} />
          </p>
          <p className="text-ink-3 text-xs">
            {answer.cached
              ? 'Answered before, at no cost'
              : `${formatCost(answer.cost)} · ${formatCount(answer.tokens_used)} tokens`}
            {answer.model && ` · ${answer.model}`}
          </p>
          <Feedback questionId={answer.question_id} />
        </CardBody>
      </Card>
      <EvidencePanel evidence={evidence} chosen={ref} />
    </div>
  )
}

const StatusBadge = ({ answer: { status, reason } }: { answer: Shown }) => {
  if (status === 'answered') return <Badge tone="good">Checked</Badge>
  if (status === 'clarification') return <Badge tone="warn">Asks back</Badge>
  return <Badge tone="bad">{reason ? inWords(reason) : inWords(status)}</Badge>
}

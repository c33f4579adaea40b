import { useNavigate, useSearch } from '@tanstack/react-router'
import { Card, CardBody } from '../../parts/card.tsx'
import { PageFrame } from '../../parts/page-frame.tsx'
import { Failed, NoPermission } from '../../parts/states.tsx'
import { useMe } from '../../shell/me.ts'
import { NoBrand } from '../../shell/no-brand.tsx'
import { type Brand, useScope } from '../../shell/scope.ts'
import { AnswerView } from './answer-view.tsx'
import { History } from './history.tsx'
import { Ideas } from './ideas.tsx'
import { KeptAnswer } from './kept-answer.tsx'
import { QuestionForm } from './question-form.tsx'
import { Steps } from './steps.tsx'
import { useAsk } from './use-ask.ts'

/** Questions in words, answered from the data alone. */
export function AskPage() {
  const { brand } = useScope()
  const { may } = useMe()
  return (
    <PageFrame
      title="Ask"
      hint="Every figure in an answer is a cell of your data: press it to see where it comes from."
    >
      {!may('ai:ask') && <NoPermission />}
      {may('ai:ask') && !brand && <NoBrand />}
      {may('ai:ask') && brand && <Asking key={brand.id} brand={brand} />}
    </PageFrame>
  )
}

function Asking({ brand }: { brand: Brand }) {
  const { question } = useSearch({ from: '/frame/ask' })
  const navigate = useNavigate()
  const asking = useAsk(brand.id)
  const show = (id: string | undefined): void =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, question: id }) })
  const ask = (text: string): void => {
    show(undefined)
    asking.mutate(text)
  }
  return (
    <div className="grid items-start gap-4 lg:gap-5 xl:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-w-0 flex-col gap-4 lg:gap-5">
        <Card title={`Ask about ${brand.name}`}>
          <CardBody>
            <QuestionForm onAsk={ask} busy={asking.isPending} />
          </CardBody>
        </Card>
        {question ? (
          <KeptAnswer id={question} />
        ) : (
          <div aria-live="polite" className="flex flex-col gap-4">
            {asking.isPending && <Steps question={asking.variables} steps={asking.steps} />}
            {asking.error && <Failed error={asking.error} retry={() => asking.mutate(asking.variables ?? '')} />}
            {asking.isIdle && <Ideas onAsk={ask} />}
            {asking.data && <AnswerView question={asking.variables ?? ''} answer={asking.data} />}
          </div>
        )}
      </div>
      <History brandId={brand.id} shown={question} onShow={show} />
    </div>
  )
}

import { Boxes, ChartLine, Megaphone, Users } from 'lucide-react'
import { Card } from '../../parts/card.tsx'

const IDEAS = [
  {
    title: 'Sales',
    icon: ChartLine,
    questions: ['How did net sales change against the month before?', 'What was the average order value last week?'],
  },
  {
    title: 'Advertising',
    icon: Megaphone,
    questions: ['Which campaign had the best ROAS last week?', 'How much did we spend by channel this month?'],
  },
  {
    title: 'Products',
    icon: Boxes,
    questions: ['Which products may run out soon?', 'Which product sold best in the last 30 days?'],
  },
  {
    title: 'Customers',
    icon: Users,
    questions: ['How many new customers came in the last 30 days?', 'How many customers come back after a month?'],
  },
] as const

/** Before anything is asked: what can be. */
export const Ideas = ({ onAsk }: { onAsk: (question: string) => void }) => (
  <Card title="What you can ask" hint="Or anything else about this brand, in your own words">
    <div className="grid gap-x-8 gap-y-5 px-4 pt-1 pb-5 sm:grid-cols-2 sm:px-5">
      {IDEAS.map(({ title, icon: Icon, questions }) => (
        <section key={title} aria-label={title}>
          <h3 className="flex items-center gap-2 font-medium text-ink-3 text-xs">
            <Icon size={14} aria-hidden /> {title}
          </h3>
          <ul className="mt-1.5 flex flex-col gap-1.5">
            {questions.map((question) => (
              <li key={question}>
                <button
                  type="button"
                  onClick={() => onAsk(question)}
                  className="w-full rounded-lg border border-line px-3 py-2 text-left text-ink-2 text-sm transition-colors hover:border-line-strong hover:bg-sunken hover:text-ink pointer-coarse:py-2.5"
                >
                  {question}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  </Card>
)

import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { formatAgo } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Empty } from '../../parts/states.tsx'
import { useMe } from '../../shell/me.ts'

type Props = { brandId: string; shown: string | undefined; onShow: (id: string) => void }
const LATEST = 30

/** Questions about this brand, newest first: one's own, and for administrators everybody's. */
export function History({ brandId, shown, onShow }: Props) {
  const { user } = useMe()
  const result = useRead(operations.list_questions, { brand_id: brandId, limit: LATEST })
  return (
    <Card title="Asked before">
      <Loaded result={result}>
        {({ questions }) =>
          questions.length === 0 ? (
            <Empty title="Nothing was asked yet" />
          ) : (
            <ul className="flex flex-col pb-2">
              {questions.map(({ id, question, asked_at, asked_by }) => (
                <li key={id}>
                  <button
                    type="button"
                    aria-current={id === shown}
                    onClick={() => onShow(id)}
                    className="w-full px-4 py-2 text-left hover:bg-sunken aria-[current=true]:bg-sunken sm:px-5"
                  >
                    <span className="line-clamp-2 text-ink text-sm">{question}</span>
                    <span className="block truncate text-ink-3 text-xs">
                      {formatAgo(asked_at)}
                      {asked_by?.email && asked_by.email !== user?.email && ` · ${asked_by.email}`}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}

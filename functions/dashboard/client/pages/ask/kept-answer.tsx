import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { AnswerView } from './answer-view.tsx'

/** An answer of the history, as it was given. */
export function KeptAnswer({ id }: { id: string }) {
  const result = useRead(operations.get_question, { id })
  return (
    <Loaded result={result}>
      {({ question, parts = [], evidence = [], answer, status, tokens_used, ...kept }) => (
        <AnswerView
          key={id}
          question={question}
          answer={{
            ...kept,
            question_id: id,
            parts,
            evidence,
            answer: answer ?? '',
            status: status ?? 'unavailable',
            tokens_used: tokens_used ?? 0,
          }}
        />
      )}
    </Loaded>
  )
}

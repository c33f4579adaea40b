import { ThumbsDown, ThumbsUp } from 'lucide-react'
import { operations } from '../../api/operations.ts'
import { useCall } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { FormError } from '../../parts/field.tsx'

const RIGHT = 5
const WRONG = 1

/** Whether the answer was right; it counts into the accuracy that is watched. */
export function Feedback({ questionId }: { questionId: string }) {
  const rate = useCall(operations.rate_answer, [operations.list_questions])
  if (rate.isSuccess)
    return (
      <p role="status" className="text-ink-3 text-sm">
        Thank you: this counts into the accuracy of answers.
      </p>
    )
  const give = (rating: number): void => rate.mutate({ id: questionId, rating })
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-t pt-3">
      <span className="mr-1 text-ink-3 text-sm">Is this right?</span>
      <Button look="quiet" busy={rate.isPending} onClick={() => give(RIGHT)}>
        <ThumbsUp size={15} aria-hidden /> Yes
      </Button>
      <Button look="quiet" busy={rate.isPending} onClick={() => give(WRONG)}>
        <ThumbsDown size={15} aria-hidden /> No
      </Button>
      <FormError error={rate.error} />
    </div>
  )
}

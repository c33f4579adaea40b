import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { operations } from '../../api/operations.ts'
import { keyOf } from '../../api/queries.ts'
import { follow } from '../../api/stream.ts'
import type { Answer, Progress, Step } from './answers.ts'

/** Asks, and holds the steps as they come; leaving the page ends it. */
export function useAsk(brandId: string) {
  const [steps, setSteps] = useState<readonly Step[]>([])
  const asking = useRef<AbortController>(null)
  const queries = useQueryClient()
  useEffect(() => () => asking.current?.abort(), [])
  const mutation = useMutation<Answer, Error, string>({
    mutationFn: (question) => {
      asking.current?.abort()
      const controller = new AbortController()
      asking.current = controller
      setSteps([])
      return follow(operations.ask, { id: brandId, question }, { signal: controller.signal, onStep })
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keyOf(operations.list_questions) }),
  })
  const onStep = (step: Progress): void => {
    if (step.type === 'tool') setSteps((before) => withStep(before, step))
  }
  return { ...mutation, steps }
}

/** A step that is over takes the place of its beginning. */
function withStep(before: readonly Step[], step: Step): readonly Step[] {
  const index = before.findLastIndex(
    ({ tool, status, arguments: given }) =>
      status === 'started' && tool === step.tool && JSON.stringify(given) === JSON.stringify(step.arguments),
  )
  return step.status === 'started' || index < 0 ? [...before, step] : before.with(index, step)
}

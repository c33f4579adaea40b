import { SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { Button } from '../../parts/button.tsx'

const MOST_CHARACTERS = 1_000

/** Enter asks, Shift and Enter begin a new line. */
export function QuestionForm({ onAsk, busy }: { onAsk: (question: string) => void; busy: boolean }) {
  const [text, setText] = useState('')
  const ask = (question: string): void => {
    if (question.trim() !== '' && !busy) onAsk(question.trim())
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    ask(text)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        ask(text)
      }}
    >
      <div className="flex items-end gap-2">
        <textarea
          aria-label="Your question"
          rows={2}
          maxLength={MOST_CHARACTERS}
          placeholder="What would you like to know?"
          className="field min-w-0 flex-1 resize-none"
          value={text}
          onChange={({ target }) => setText(target.value.replaceAll('\n', ' '))}
          onKeyDown={onKey}
        />
        <Button type="submit" look="primary" busy={busy}>
          <SendHorizontal size={15} aria-hidden /> Ask
        </Button>
      </div>
    </form>
  )
}

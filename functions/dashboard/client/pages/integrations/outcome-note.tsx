import { CircleAlert, CircleCheck } from 'lucide-react'

/** How connecting ended: the provider's answer comes back in the URL. */
export function OutcomeNote() {
  const query = new URLSearchParams(window.location.search)
  const error = query.get('error')
  if (error)
    return (
      <p role="alert" className="flex items-center gap-2 rounded-xl bg-bad-soft px-4 py-3 text-bad text-sm">
        <CircleAlert size={16} aria-hidden /> The account was not connected: {error.replaceAll('_', ' ').toLowerCase()}.
      </p>
    )
  if (query.has('connected'))
    return (
      <p role="status" className="flex items-center gap-2 rounded-xl bg-good-soft px-4 py-3 text-good text-sm">
        <CircleCheck size={16} aria-hidden /> Connected. Its first sync has begun; progress is shown below.
      </p>
    )
  return null
}

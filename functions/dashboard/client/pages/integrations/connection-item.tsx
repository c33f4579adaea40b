import { Badge, type Tone } from '../../parts/badge.tsx'
import { formatAgo, formatInstant, formatNumberOf, inWords, platformName } from '../../parts/format.ts'
import type { Connection } from './connection.ts'
import { ConnectionActions } from './connection-actions.tsx'

type Stream = Connection['streams'][number]

export function ConnectionItem({ connection, canManage }: { connection: Connection; canManage: boolean }) {
  const state = stateOf(connection)
  return (
    <li className="flex flex-col gap-3 px-4 py-4 sm:px-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-2">
            <strong className="font-medium text-ink text-sm">{platformName(connection.platform)}</strong>
            <span className="truncate text-ink-2 text-sm">{connection.account_name}</span>
            <Badge tone={state.tone}>{state.text}</Badge>
          </p>
          <p className="mt-1 text-ink-3 text-xs">
            <span title={formatInstant(connection.last_synced_at)}>
              {connection.last_synced_at ? `Synced ${formatAgo(connection.last_synced_at)}` : 'Not synced yet'}
            </span>
            {connection.status === 'active' && ` · next ${formatAgo(connection.next_due_at)}`}
            {connection.reconciliation && ` · ${differencesOf(connection.reconciliation.differences.length)}`}
          </p>
          {connection.error && (
            <p className="mt-1 max-w-prose text-bad text-xs">
              {inWords(connection.error.code.toLowerCase())}: {connection.error.message}
            </p>
          )}
        </div>
        {canManage && <ConnectionActions connection={connection} />}
      </div>
      <Streams title="" streams={connection.streams} />
      {connection.backfill && connection.backfill.finished_at === null && (
        <Streams title="History " streams={connection.backfill.streams} />
      )}
    </li>
  )
}

const Streams = ({ title, streams }: { title: string; streams: readonly Stream[] }) => (
  <ul className="grid grid-cols-2 gap-x-6 gap-y-2.5 lg:grid-cols-4">
    {streams.map((stream) => (
      <li key={stream.stream}>
        <p className="flex justify-between gap-2 text-xs">
          <span className="text-ink-2">
            {title}
            {inWords(stream.stream)}
          </span>
          <span className="text-ink-3">
            {formatNumberOf(stream.rows_read, 'row')}
            {stream.status === 'waiting' && ' · waiting'}
          </span>
        </p>
        <progress
          aria-label={`${title}${inWords(stream.stream)}`}
          max={1}
          value={stream.progress ?? undefined}
          data-done={stream.status === 'complete'}
          className="mt-1 block h-1 w-full appearance-none overflow-hidden rounded-full bg-sunken [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent [&::-webkit-progress-value]:transition-[width] data-[done=true]:opacity-35"
        />
      </li>
    ))}
  </ul>
)

const differencesOf = (count: number): string =>
  count === 0
    ? "agrees with the provider's own sums"
    : `${formatNumberOf(count, 'day differs', 'days differ')} from the provider's own sums`

function stateOf({ status, run, error }: Connection): { tone: Tone; text: string } {
  if (status === 'needs_reauth') return { tone: 'bad', text: 'Needs to be authorised again' }
  if (status === 'paused') return { tone: 'warn', text: 'Paused' }
  if (status === 'disconnected') return { tone: 'neutral', text: 'Disconnected' }
  if (run?.status === 'running' || run?.status === 'continued') return { tone: 'neutral', text: 'Syncing' }
  if (run?.status === 'waiting') return { tone: 'neutral', text: 'About to sync' }
  return error ? { tone: 'bad', text: 'Failed' } : { tone: 'good', text: 'Up to date' }
}

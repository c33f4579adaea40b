import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { formatCount, formatShare } from '../../parts/format.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { POLL_MS } from '../../parts/poll.ts'
import { Tile, Tiles } from '../../parts/tile.tsx'

const TOO_MANY_ERRORS = 0.05

export function Health() {
  const result = useRead(operations.get_platform_health, {}, { pollMs: () => POLL_MS })
  return (
    <Loaded result={result}>
      {({ connections, outbox, requests }) => (
        <Tiles>
          <Tile
            title="Active connections"
            value={formatCount(connections.active)}
            hint={`${formatCount(connections.needs_reauth)} need to be authorised again`}
          />
          <Tile
            title="Late syncs"
            value={formatCount(connections.late)}
            hint={`${formatCount(connections.due)} are due`}
            tone={connections.late > 0 ? 'warn' : 'neutral'}
          />
          <Tile
            title="Messages waiting"
            value={formatCount(outbox.waiting)}
            hint={outbox.oldest_seconds === null ? 'none is late' : `oldest ${formatCount(outbox.oldest_seconds)} s`}
          />
          <Tile
            title="Error rate, last hour"
            value={formatShare(requests.error_rate)}
            hint={`of ${formatCount(requests.answered)} requests`}
            tone={(requests.error_rate ?? 0) > TOO_MANY_ERRORS ? 'bad' : 'neutral'}
          />
        </Tiles>
      )}
    </Loaded>
  )
}

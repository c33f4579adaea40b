import { createServer } from 'node:http'
import { buildApi } from '../../../shared/http/api.ts'
import { listenerOf } from '../../../shared/http/listener.ts'
import { OPERATIONS } from '../../../shared/operations/index.ts'

/** A process that serves the API with this environment and tells its parent the port; for tests that bound its memory. */
const server = createServer(listenerOf(buildApi({ operations: OPERATIONS, ipLimit: { perMinute: 100_000 } })))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' ? address?.port : 0)
})

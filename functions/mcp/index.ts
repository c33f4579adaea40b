import { checkSigningKeys } from '../../shared/auth/signing-keys.ts'
import { listenerOf } from '../../shared/http/listener.ts'
import { buildMcp } from '../../shared/mcp/endpoint.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { serveHttp } from '../../shared/serve.ts'

serveHttp('mcp', {
  needs: ['DATABASE_URL'],
  listener: listenerOf(buildMcp({ operations: OPERATIONS })),
  check: checkSigningKeys,
})

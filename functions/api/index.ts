import { checkSigningKeys } from '../../shared/auth/signing-keys.ts'
import { buildApi } from '../../shared/http/api.ts'
import { listenerOf } from '../../shared/http/listener.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { serveHttp } from '../../shared/serve.ts'

serveHttp('api', {
  needs: ['DATABASE_URL'],
  listener: listenerOf(buildApi({ operations: OPERATIONS })),
  check: checkSigningKeys,
})

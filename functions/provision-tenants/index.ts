import { serveEvents } from '../../shared/serve.ts'
import { handlers } from './handlers.ts'

serveEvents('provision-tenants', { needs: ['DATABASE_URL'], on: handlers })

import { serveEvents } from '../../shared/serve.ts'
import { handlers } from './handlers.ts'

serveEvents('evaluate-alerts', { needs: ['DATABASE_URL'], on: handlers })

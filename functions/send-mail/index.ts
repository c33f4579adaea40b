import { serveEvents } from '../../shared/serve.ts'
import { handlers } from './handlers.ts'

serveEvents('send-mail', { needs: ['DATABASE_URL'], on: handlers })

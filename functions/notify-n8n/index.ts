import { serveEvents } from '../../shared/serve.ts'
import { handlers } from './handlers.ts'

serveEvents('notify-n8n', { needs: ['DATABASE_URL'], on: handlers })

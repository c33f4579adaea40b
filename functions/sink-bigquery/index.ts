import { serveEvents } from '../../shared/serve.ts'
import { handlers } from './handlers.ts'

serveEvents('sink-bigquery', { needs: ['DATABASE_URL'], on: handlers })

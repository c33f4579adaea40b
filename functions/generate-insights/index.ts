import { serveEvents } from '../../shared/serve.ts'
import { generateInsights } from './generate.ts'

serveEvents('generate-insights', { needs: ['DATABASE_URL'], on: { 'orders.attributed': generateInsights } })

import { serveEvents } from '../../shared/serve.ts'
import { explainAlert } from './alert.ts'
import { generateInsights } from './generate.ts'

serveEvents('generate-insights', {
  needs: ['DATABASE_URL'],
  on: { 'orders.attributed': generateInsights, 'alert.raised': explainAlert },
})

import { serveEvents } from '../../shared/serve.ts'
import { applyWebhook } from './apply.ts'

serveEvents('apply-webhooks', { needs: ['DATABASE_URL'], on: { 'webhook.received': applyWebhook } })

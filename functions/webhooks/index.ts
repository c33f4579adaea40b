import { Hono } from 'hono'
import { mountSteps } from '../../shared/http/chain.ts'
import type { HttpEnv } from '../../shared/http/context.ts'
import { listenerOf } from '../../shared/http/listener.ts'
import { serveHttp } from '../../shared/serve.ts'
import { mountN8n } from './n8n.ts'
import { mountOAuthCallbacks } from './oauth-callback.ts'
import { mountShopify } from './shopify.ts'
import { PER_MINUTE } from './signature.ts'

const app = new Hono<HttpEnv>()
mountSteps(app, { perMinute: PER_MINUTE })
mountShopify(app)
mountN8n(app)
mountOAuthCallbacks(app)
serveHttp('webhooks', { needs: ['DATABASE_URL'], listener: listenerOf(app) })

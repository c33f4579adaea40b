import { serveSync } from '../../shared/serve.ts'
import { shopify } from './connector.ts'

serveSync(shopify)

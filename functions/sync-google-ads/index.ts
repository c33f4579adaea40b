import { serveSync } from '../../shared/serve.ts'
import { googleAds } from './connector.ts'

serveSync(googleAds)

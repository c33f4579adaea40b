import { serveSync } from '../../shared/serve.ts'
import { tiktok } from './connector.ts'

serveSync(tiktok)

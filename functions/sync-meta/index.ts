import { serveSync } from '../../shared/serve.ts'
import { meta } from './connector.ts'

serveSync(meta)

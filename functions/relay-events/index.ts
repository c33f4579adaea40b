import { serveJob } from '../../shared/serve.ts'
import { relay } from './relay.ts'

serveJob('relay-events', { needs: ['DATABASE_URL'], run: relay })

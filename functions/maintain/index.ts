import { serveJob } from '../../shared/serve.ts'
import { maintain } from './maintain.ts'

serveJob('maintain', { needs: ['DATABASE_URL'], run: maintain })

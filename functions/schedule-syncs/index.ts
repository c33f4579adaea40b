import { serveJob } from '../../shared/serve.ts'
import { scheduleDue } from './schedule.ts'

serveJob('schedule-syncs', { needs: ['DATABASE_URL'], run: scheduleDue })

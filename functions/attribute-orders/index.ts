import { serveEvents } from '../../shared/serve.ts'
import { attributeBrand } from './attribute.ts'

serveEvents('attribute-orders', { needs: ['DATABASE_URL'], on: { 'rows.synced': attributeBrand } })

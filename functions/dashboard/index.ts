import { serveHttp } from '../../shared/serve.ts'
import { readClient } from './client-files.ts'
import { pagesListener } from './pages.ts'

// Built by `npm run build:web`; a bundle of this function has it in the same place.
const files = await readClient(new URL('./client/dist/', import.meta.url))
serveHttp('dashboard', { needs: [], listener: pagesListener(files) })

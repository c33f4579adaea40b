import './styles.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { renewToken, whenSessionEnds } from './api/session.ts'
import { queries } from './app-query.ts'
import { router } from './shell/router.tsx'
import { showTheme } from './shell/theme.ts'

showTheme()
// Whoever signs in next must not see what was read before.
whenSessionEnds(() => {
  queries.clear()
  void router.navigate({ to: '/login' })
})

// The page's own script and its token are fetched at once, not one after the other; whoever needs them meets their errors.
const [routes] = router.getMatchedRoutes(location.pathname)
for (const route of routes) void router.loadRouteChunk(route)
if (routes.some(({ id }) => id === '/frame')) renewToken().catch(() => undefined)

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )

import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { forgetEarly } from './api/early.ts'
import { whenSessionEnds } from './api/session.ts'
import { queries } from './app-query.ts'
import { forgetBrand } from './shell/last-brand.ts'
import { router } from './shell/router.tsx'

// Whoever signs in next must not see what was read before.
whenSessionEnds(() => {
  queries.clear()
  forgetEarly()
  forgetBrand()
  void router.navigate({ to: '/login' })
})

// The page's own script is fetched before the router comes to it; who needs it meets its errors.
const [routes] = router.getMatchedRoutes(location.pathname)
for (const route of routes) void router.loadRouteChunk(route)

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )

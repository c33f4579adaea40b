import './styles.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { whenSessionEnds } from './api/session.ts'
import { queries } from './app-query.ts'
import { router } from './shell/router.tsx'
import { showTheme } from './shell/theme.ts'

showTheme()
// Whoever signs in next must not see what was read before.
whenSessionEnds(() => {
  queries.clear()
  void router.navigate({ to: '/login' })
})

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { currentToken, mayContinue, renewToken } from '../api/session.ts'
import { readCredit } from '../pages/attribution/models.ts'
import { Frame } from './frame.tsx'
import { readScope } from './period.ts'
import { MissingPage, RootError } from './root-states.tsx'

const root = createRootRoute({
  notFoundComponent: MissingPage,
  errorComponent: ({ error }) => <RootError error={error} />,
})

/** Asks the cookie for a token before any page asks the API for anything. */
async function requireSession({ location }: { location: { href: string } }): Promise<void> {
  if (currentToken() ?? (mayContinue() && (await renewToken()))) return
  throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } })
}

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  beforeLoad: requireSession,
  validateSearch: readScope,
})
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = text(search.next)
    return next?.startsWith('/') && !next.startsWith('//') ? { next } : {}
  },
  component: lazyRouteComponent(() => import('./sign-in/login.tsx'), 'LoginPage'),
})
const forgotten = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('./sign-in/forgot-password.tsx'), 'ForgotPasswordPage'),
})
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('./sign-in/new-password.tsx'), 'ResetPasswordPage'),
})
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./sign-in/new-password.tsx'), 'InvitationPage'),
})

const overview = createRoute({
  getParentRoute: () => frame,
  validateSearch: readCredit,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/overview/page.tsx'), 'OverviewPage'),
})
const attribution = createRoute({
  getParentRoute: () => frame,
  validateSearch: readCredit,
  path: '/attribution',
  component: lazyRouteComponent(() => import('../pages/attribution/page.tsx'), 'AttributionPage'),
})
const ask = createRoute({
  getParentRoute: () => frame,
  validateSearch: ({ question }: Record<string, unknown>): { question?: string | undefined } => ({
    question: text(question),
  }),
  path: '/ask',
  component: lazyRouteComponent(() => import('../pages/ask/page.tsx'), 'AskPage'),
})
const recommendations = createRoute({
  getParentRoute: () => frame,
  path: '/recommendations',
  component: lazyRouteComponent(() => import('../pages/recommendations/page.tsx'), 'RecommendationsPage'),
})
const alerts = createRoute({
  getParentRoute: () => frame,
  path: '/alerts',
  component: lazyRouteComponent(() => import('../pages/alerts/page.tsx'), 'AlertsPage'),
})
const products = createRoute({
  getParentRoute: () => frame,
  path: '/products',
  component: lazyRouteComponent(() => import('../pages/products/page.tsx'), 'ProductsPage'),
})
const cohorts = createRoute({
  getParentRoute: () => frame,
  path: '/cohorts',
  component: lazyRouteComponent(() => import('../pages/cohorts/page.tsx'), 'CohortsPage'),
})
const integrations = createRoute({
  getParentRoute: () => frame,
  // What a provider's page sends people back with.
  validateSearch: ({ connected, error }: Record<string, unknown>) => ({
    connected: text(connected),
    error: text(error),
  }),
  path: '/integrations',
  component: lazyRouteComponent(() => import('../pages/integrations/page.tsx'), 'IntegrationsPage'),
})
const observability = createRoute({
  getParentRoute: () => frame,
  path: '/observability',
  component: lazyRouteComponent(() => import('../pages/observability/page.tsx'), 'ObservabilityPage'),
})
const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  component: lazyRouteComponent(() => import('../pages/settings/page.tsx'), 'SettingsPage'),
})
const operator = createRoute({
  getParentRoute: () => frame,
  path: '/operator',
  component: lazyRouteComponent(() => import('../pages/operator/page.tsx'), 'OperatorPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    forgotten,
    reset,
    invitation,
    frame.addChildren([
      overview,
      attribution,
      ask,
      recommendations,
      alerts,
      products,
      cohorts,
      integrations,
      observability,
      settings,
      operator,
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { currentToken, mayContinue, renewToken } from '../api/session.ts'
import { readCredit } from '../pages/attribution/models.ts'
import { OverviewPage } from '../pages/overview/page.tsx'
import { readSection } from '../pages/settings/sections.ts'
import { Frame } from './frame.tsx'
import { readScope } from './period.ts'
import { MissingPage, RootError } from './root-states.tsx'

const root = createRootRoute({
  notFoundComponent: MissingPage,
  errorComponent: ({ error }) => <RootError error={error} />,
})
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const ofRoot = { getParentRoute: () => root }

const login = createRoute({
  ...ofRoot,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = text(search.next)
    return next?.startsWith('/') && !next.startsWith('//') ? { next } : {}
  },
  component: lazyRouteComponent(() => import('./sign-in/login.tsx'), 'LoginPage'),
})
const register = createRoute({
  ...ofRoot,
  path: '/register',
  component: lazyRouteComponent(() => import('./sign-in/register.tsx'), 'RegisterPage'),
})
const forgotten = createRoute({
  ...ofRoot,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('./sign-in/forgot-password.tsx'), 'ForgotPasswordPage'),
})
const reset = createRoute({
  ...ofRoot,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('./sign-in/new-password.tsx'), 'ResetPasswordPage'),
})
const invitation = createRoute({
  ...ofRoot,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./sign-in/new-password.tsx'), 'InvitationPage'),
})

/** Asks the cookie for a token before any page asks the API for anything. */
async function requireSession({ location }: { location: { href: string } }): Promise<void> {
  if (currentToken() ?? (mayContinue() && (await renewToken()))) return
  throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } })
}

const frame = createRoute({
  ...ofRoot,
  id: 'frame',
  component: Frame,
  beforeLoad: requireSession,
  validateSearch: readScope,
})
const ofFrame = { getParentRoute: () => frame }

const overview = createRoute({
  ...ofFrame,
  path: '/',
  staticData: { scope: 'days' },
  validateSearch: readCredit,
  // Most people's first page: it comes with what every page needs.
  component: OverviewPage,
})
const attribution = createRoute({
  ...ofFrame,
  path: '/attribution',
  staticData: { scope: 'days' },
  validateSearch: readCredit,
  component: lazyRouteComponent(() => import('../pages/attribution/page.tsx'), 'AttributionPage'),
})
const ask = createRoute({
  ...ofFrame,
  path: '/ask',
  staticData: { scope: 'brand' },
  validateSearch: ({ question }: Record<string, unknown>): { question?: string | undefined } => ({
    question: text(question),
  }),
  component: lazyRouteComponent(() => import('../pages/ask/page.tsx'), 'AskPage'),
})
const recommendations = createRoute({
  ...ofFrame,
  path: '/recommendations',
  staticData: { scope: 'brand' },
  component: lazyRouteComponent(() => import('../pages/recommendations/page.tsx'), 'RecommendationsPage'),
})
const alerts = createRoute({
  ...ofFrame,
  path: '/alerts',
  component: lazyRouteComponent(() => import('../pages/alerts/page.tsx'), 'AlertsPage'),
})
const products = createRoute({
  ...ofFrame,
  path: '/products',
  staticData: { scope: 'brand' },
  component: lazyRouteComponent(() => import('../pages/products/page.tsx'), 'ProductsPage'),
})
const cohorts = createRoute({
  ...ofFrame,
  path: '/cohorts',
  staticData: { scope: 'brand' },
  component: lazyRouteComponent(() => import('../pages/cohorts/page.tsx'), 'CohortsPage'),
})
const integrations = createRoute({
  ...ofFrame,
  path: '/integrations',
  staticData: { scope: 'brand' },
  // What a provider's page sends people back with.
  validateSearch: ({ connected, error }: Record<string, unknown>) => ({
    connected: text(connected),
    error: text(error),
  }),
  component: lazyRouteComponent(() => import('../pages/integrations/page.tsx'), 'IntegrationsPage'),
})
const observability = createRoute({
  ...ofFrame,
  path: '/observability',
  component: lazyRouteComponent(() => import('../pages/observability/page.tsx'), 'ObservabilityPage'),
})
const settings = createRoute({
  ...ofFrame,
  path: '/settings',
  validateSearch: readSection,
  component: lazyRouteComponent(() => import('../pages/settings/page.tsx'), 'SettingsPage'),
})
const operator = createRoute({
  ...ofFrame,
  path: '/operator',
  component: lazyRouteComponent(() => import('../pages/operator/page.tsx'), 'OperatorPage'),
})

const pages = [overview, attribution, ask, recommendations, alerts, products, cohorts, integrations] as const

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    register,
    forgotten,
    reset,
    invitation,
    frame.addChildren([...pages, observability, settings, operator]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface StaticDataRouteOption {
    /** What of the scope a page is about: a brand, or also its days. Without it: the whole company. */
    scope?: 'brand' | 'days'
  }
}

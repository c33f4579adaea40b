/** Every page that a person of a company comes to. */
export const PAGES = [
  '/',
  '/attribution',
  '/ask',
  '/recommendations',
  '/alerts',
  '/products',
  '/cohorts',
  '/integrations',
  '/observability',
  '/settings',
  '/settings?section=company',
  '/settings?section=brands',
  '/settings?section=users',
  '/settings?section=keys',
] as const

export const OPERATOR_PAGES = ['/operator'] as const

/** Those that are seen without a session. */
export const OUTSIDE = ['/login', '/register', '/forgot-password', '/reset-password', '/invitation'] as const

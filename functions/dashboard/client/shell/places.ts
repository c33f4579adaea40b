import {
  Activity,
  Bell,
  Boxes,
  Building2,
  Cable,
  GitFork,
  LayoutDashboard,
  Lightbulb,
  type LucideIcon,
  MessagesSquare,
  Settings,
  Users,
} from 'lucide-react'
import type { Me } from './me.ts'

export type Place = { to: string; label: string; icon: LucideIcon; isFor?: (me: Me) => boolean }

/** What there is to go to, as it stands in the navigation. */
export const PLACES: readonly { title: string | null; places: readonly Place[] }[] = [
  {
    title: null,
    places: [
      { to: '/', label: 'Overview', icon: LayoutDashboard },
      { to: '/ask', label: 'Ask', icon: MessagesSquare, isFor: ({ may }) => may('ai:ask') },
      { to: '/recommendations', label: 'Recommendations', icon: Lightbulb },
      { to: '/alerts', label: 'Alerts', icon: Bell },
    ],
  },
  {
    title: 'Analyse',
    places: [
      { to: '/attribution', label: 'Attribution', icon: GitFork },
      { to: '/products', label: 'Products', icon: Boxes },
      { to: '/cohorts', label: 'Cohorts', icon: Users },
    ],
  },
  {
    title: 'Manage',
    places: [
      { to: '/integrations', label: 'Integrations', icon: Cable },
      { to: '/observability', label: 'Observability', icon: Activity },
      { to: '/settings', label: 'Settings', icon: Settings },
    ],
  },
]

/** Operators see the platform, never a tenant's content. */
export const OPERATOR_PLACES: typeof PLACES = [
  {
    title: 'Platform',
    places: [
      { to: '/operator', label: 'Tenants', icon: Building2 },
      { to: '/settings', label: 'Settings', icon: Settings },
    ],
  },
]

import './styles.css'
import { askEarly } from './api/early.ts'
import { operations } from './api/operations.ts'
import { mayContinue, showOutline } from './api/session.ts'
import { readCredit } from './pages/attribution/models.ts'
import { dashboardOf } from './pages/overview/dashboard.ts'
import { lastBrand } from './shell/last-brand.ts'
import { readScope } from './shell/period.ts'
import { showTheme } from './shell/theme.ts'

/**
 * What must not wait for the pages' script: the theme, and the first answers. They are on their way while the script comes,
 * instead of one after the other behind it.
 */
showTheme()
const search = Object.fromEntries(new URLSearchParams(location.search))
const isOutside = /^\/(login|register|forgot-password|reset-password|invitation)$/.test(location.pathname)
if (mayContinue() && !isOutside) {
  showOutline()
  askEarly(operations.me, {})
  askForBrand()
}
void import('./main.tsx')

/** Nothing of it for those who saw no brand the last time, such as operators. */
function askForBrand(): void {
  const scope = readScope(search)
  const brand = lastBrand()
  if (!brand) return
  askEarly(operations.list_brands, { limit: 100 })
  const isTheirs = (scope.brand ?? brand.id) === brand.id
  if (location.pathname === '/' && isTheirs)
    askEarly(operations.get_brand_dashboard, dashboardOf(brand, { ...scope, ...readCredit(search) }))
}

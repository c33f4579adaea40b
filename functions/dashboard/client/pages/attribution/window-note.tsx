import { Link } from '@tanstack/react-router'
import { operations } from '../../api/operations.ts'
import { useRead } from '../../api/queries.ts'
import { formatNumberOf } from '../../parts/format.ts'
import { useMe } from '../../shell/me.ts'

/** What counts where nobody set a window. */
const USUAL_DAYS = 30

/** How far back visits are credited: a setting, because another one credits every order anew. */
export function WindowNote({ brandId }: { brandId: string }) {
  const { may } = useMe()
  const { data } = useRead(operations.get_brand_settings, { id: brandId })
  if (!data) return null
  const days = data.data.settings.attribution_window_days.value ?? USUAL_DAYS
  return (
    <span>
      Visits up to {formatNumberOf(days, 'day')} before an order are credited.
      {may('brands:write') && (
        <>
          {' '}
          <Link
            to="/settings"
            search={(before) => ({ ...before, section: 'brands' })}
            className="whitespace-nowrap text-accent-text underline underline-offset-2"
          >
            Change the window
          </Link>
        </>
      )}
    </span>
  )
}

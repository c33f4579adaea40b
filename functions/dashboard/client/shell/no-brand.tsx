import { Link } from '@tanstack/react-router'
import { buttonClass } from '../parts/button.tsx'
import { Empty } from '../parts/states.tsx'
import { useMe } from './me.ts'

/** Where a page is about a brand, and there is none: how to come by one. */
export function NoBrand() {
  const { may } = useMe()
  const make = may('brands:write') && (
    <Link to="/settings" search={{ section: 'brands' }} className={buttonClass({ look: 'primary' })}>
      Make a brand
    </Link>
  )
  return (
    <Empty title="No brand yet" {...(make && { action: make })}>
      Make a brand, then connect its shop under Integrations: its figures appear here within minutes.
    </Empty>
  )
}

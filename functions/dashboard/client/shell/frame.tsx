import { Outlet } from '@tanstack/react-router'
import { Menu } from 'lucide-react'
import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { operations } from '../api/operations.ts'
import { useRead } from '../api/queries.ts'
import { Button } from '../parts/button.tsx'
import { Failed, SkeletonLines } from '../parts/states.tsx'
import { Account } from './account.tsx'
import { useBranding } from './branding.ts'
import { Drawer } from './drawer.tsx'
import { keepBrand } from './last-brand.ts'
import { Logo } from './logo.tsx'
import { type Me, MeContext, meOf, useMe } from './me.ts'
import { Navigation } from './navigation.tsx'
import { BrandsContext, useScope } from './scope.ts'
import { ScopeBar } from './scope-bar.tsx'

/** What every page needs to be known first: who is signed in, and which brands there are. */
export function Frame() {
  const me = useRead(operations.me, {})
  const isTenant = me.data?.data.permissions.includes('brands:read') ?? false
  const brands = useRead(operations.list_brands, { limit: 100 }, { enabled: isTenant })
  const error = me.error ?? brands.error
  if (error)
    return (
      <main className="pt-24">
        <Failed error={error} retry={() => void Promise.all([me.refetch(), brands.refetch()])} />
      </main>
    )
  // Until then the document's own outline is seen.
  if (!me.data || (isTenant && !brands.data)) return null
  return (
    <MeContext value={meOf(me.data.data)}>
      <BrandsContext value={brands.data?.data.brands ?? []}>
        <Branded me={meOf(me.data.data)}>
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </Branded>
      </BrandsContext>
    </MeContext>
  )
}

const Waiting = () => (
  <div className="mx-auto max-w-[1480px] pt-16">
    <SkeletonLines lines={6} />
  </div>
)

function Branded({ me, children }: { me: Me; children: ReactNode }) {
  useBranding(me)
  const { brand } = useScope()
  useEffect(() => {
    if (brand) keepBrand(brand)
  }, [brand])
  return (
    <div className="lg:grid lg:grid-cols-[232px_minmax(0,1fr)]">
      <a href="#page" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">
        Skip to the page
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col gap-6 overflow-y-auto border-line border-r bg-surface px-3 py-4 lg:flex">
        <Heading />
        <Navigation />
        <div className="mt-auto">
          <Account />
        </div>
      </aside>
      <div className="min-w-0">
        <header className="sticky top-0 z-20 flex min-h-14 items-center gap-2 border-line border-b bg-surface/95 px-4 py-2 backdrop-blur sm:px-6 lg:px-8">
          <NavigationDrawer />
          <ScopeBar />
        </header>
        <main id="page" tabIndex={-1} className="outline-none">
          {children}
        </main>
      </div>
    </div>
  )
}

function Heading() {
  const { branding, tenant } = useMe()
  return (
    <div className="px-2.5">
      <Logo url={branding.logo_url} name={tenant.company_name} />
    </div>
  )
}

/** The navigation of narrow windows. */
function NavigationDrawer() {
  const [isOpen, setOpen] = useState(false)
  const close = (): void => setOpen(false)
  return (
    <div className="lg:hidden">
      <Button look="quiet" size="icon" aria-label="Open the navigation" onClick={() => setOpen(true)}>
        <Menu size={18} aria-hidden />
      </Button>
      {isOpen && (
        <Drawer label="Navigation" onClose={close}>
          <Heading />
          <Navigation onGo={close} />
          <div className="mt-auto">
            <Account />
          </div>
        </Drawer>
      )}
    </div>
  )
}

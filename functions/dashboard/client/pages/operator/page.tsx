import { PageFrame } from '../../parts/page-frame.tsx'
import { NoPermission } from '../../parts/states.tsx'
import { useMe } from '../../shell/me.ts'
import { Health } from './health.tsx'
import { PlatformUsage } from './platform-usage.tsx'
import { Tenants } from './tenants.tsx'

export function OperatorPage() {
  const { may } = useMe()
  return (
    <PageFrame title="Platform" hint="Tenants, their use and the platform's health. Never their content.">
      {may('platform:manage') ? (
        <>
          <Health />
          <Tenants />
          <PlatformUsage />
        </>
      ) : (
        <NoPermission>This is for those who operate Pulsepoint.</NoPermission>
      )}
    </PageFrame>
  )
}

import { useNavigate, useSearch } from '@tanstack/react-router'
import { PageFrame } from '../../parts/page-frame.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { NoPermission } from '../../parts/states.tsx'
import { useMe } from '../../shell/me.ts'
import { ApiKeys } from './api-keys.tsx'
import { Appearance } from './appearance.tsx'
import { Brands } from './brands.tsx'
import { Company } from './company.tsx'
import { SECTIONS, type Section } from './sections.ts'
import { Users } from './users.tsx'

export function SettingsPage() {
  const { section = 'appearance' } = useSearch({ from: '/frame/settings' })
  const navigate = useNavigate()
  const show = (chosen: Section): void =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, section: chosen }) })
  return (
    <PageFrame title="Settings">
      <div>
        <Segmented label="Section" value={section} options={SECTIONS} onChange={show} />
      </div>
      <SectionOf section={section} />
    </PageFrame>
  )
}

function SectionOf({ section }: { section: Section }) {
  const { may } = useMe()
  if (section === 'appearance') return <Appearance />
  if (section === 'brands') return may('brands:write') ? <Brands /> : <NoPermission />
  if (!may('admin:manage')) return <NoPermission />
  if (section === 'company') return <Company />
  return section === 'users' ? <Users /> : <ApiKeys />
}

import { useState } from 'react'
import { PageFrame } from '../../parts/page-frame.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { NoPermission } from '../../parts/states.tsx'
import { useMe } from '../../shell/me.ts'
import { ApiKeys } from './api-keys.tsx'
import { Appearance } from './appearance.tsx'
import { Company } from './company.tsx'
import { Users } from './users.tsx'

const SECTIONS = [
  { value: 'appearance', title: 'Appearance' },
  { value: 'company', title: 'Company' },
  { value: 'users', title: 'Users' },
  { value: 'keys', title: 'API keys' },
] as const
type Section = (typeof SECTIONS)[number]['value']

export function SettingsPage() {
  const [section, setSection] = useState<Section>('appearance')
  return (
    <PageFrame title="Settings">
      <div>
        <Segmented label="Section" value={section} options={SECTIONS} onChange={setSection} />
      </div>
      <SectionOf section={section} />
    </PageFrame>
  )
}

function SectionOf({ section }: { section: Section }) {
  const { may } = useMe()
  if (section === 'appearance') return <Appearance />
  if (!may('admin:manage')) return <NoPermission />
  if (section === 'company') return <Company />
  return section === 'users' ? <Users /> : <ApiKeys />
}

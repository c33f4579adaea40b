import { useNavigate, useSearch } from '@tanstack/react-router'
import { PageFrame } from '../../parts/page-frame.tsx'
import { Segmented } from '../../parts/segmented.tsx'
import { NoBrand } from '../../shell/no-brand.tsx'
import { type Brand, useScope } from '../../shell/scope.ts'
import { ClaimsCard } from './claims.tsx'
import { MatchReportCards } from './match-report.tsx'
import { LEDGERS, type Ledger, MODELS, type ModelName } from './models.ts'
import { ModelsCard } from './models-card.tsx'
import { WindowNote } from './window-note.tsx'

/** Who is credited with what was sold, by every model, and how far that can be trusted. */
export function AttributionPage() {
  const { brand } = useScope()
  if (brand) return <BrandAttribution brand={brand} />
  return (
    <PageFrame title="Attribution">
      <NoBrand />
    </PageFrame>
  )
}

function BrandAttribution({ brand }: { brand: Brand }) {
  const { since, until } = useScope()
  const { model = 'last', ledger = 'touch' } = useSearch({ from: '/frame/attribution' })
  const navigate = useNavigate()
  const set = (change: { model?: ModelName; ledger?: Ledger }): void =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, ...change }), resetScroll: false })
  const asked = { id: brand.id, since, until }
  return (
    <PageFrame
      title="Attribution"
      hint={
        <>
          Models share sales out among the visits before an order. They say who was there, none proves who caused the
          sale. <WindowNote brandId={brand.id} />
        </>
      }
      actions={
        <Segmented label="Ledger" value={ledger} options={LEDGERS} onChange={(value) => set({ ledger: value })} />
      }
    >
      <ModelsCard asked={{ ...asked, ledger }} />
      <ClaimsCard
        asked={{ ...asked, model }}
        actions={<Segmented label="Model" value={model} options={MODELS} onChange={(value) => set({ model: value })} />}
      />
      <MatchReportCards asked={asked} />
    </PageFrame>
  )
}

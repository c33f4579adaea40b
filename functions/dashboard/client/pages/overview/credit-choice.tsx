import { useNavigate } from '@tanstack/react-router'
import { Segmented } from '../../parts/segmented.tsx'
import { LEDGERS, type Ledger, MODELS, type ModelName } from '../attribution/models.ts'
import { WindowNote } from '../attribution/window-note.tsx'

type Props = { brandId: string; model: ModelName; ledger: Ledger }

/** By which model, and on whose day, orders are credited; in the URL like the days. */
export function CreditChoice({ brandId, model, ledger }: Props) {
  const navigate = useNavigate()
  const set = (change: { model?: ModelName; ledger?: Ledger }): void =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, ...change }), resetScroll: false })
  return (
    <div className="-mb-1 flex flex-wrap items-center justify-between gap-3">
      <div>
        <h2 className="font-semibold text-base text-ink tracking-tight">What earned it</h2>
        <p className="text-ink-3 text-xs">
          <WindowNote brandId={brandId} />
        </p>
      </div>
      <div className="flex max-w-full flex-wrap items-center gap-2">
        <Segmented label="Model" value={model} options={MODELS} onChange={(value) => set({ model: value })} />
        <Segmented label="Ledger" value={ledger} options={LEDGERS} onChange={(value) => set({ ledger: value })} />
      </div>
    </div>
  )
}

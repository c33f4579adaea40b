import { restateBrand, staleBrands } from '../../../shared/fx/brand-rates.ts'
import { isStopping } from '../../../shared/serve.ts'
import { actor, runAs, systemActor } from '../../../shared/tenant.ts'
import type { Chore } from '../chore.ts'

/** Has figures recomputed for which a nearer exchange rate, or the first, was published after they were made. */
export const restateFigures: Chore = {
  name: 'restate-figures',
  run: async (deadline) => {
    const stale = await staleBrands()
    let [brands, days] = [0, 0]
    for (const { tenant_id, brand_id } of stale) {
      if (isStopping() || Date.now() >= deadline) break
      days += await runAs(systemActor(tenant_id, 'maintain', actor().requestId), () => restateBrand(brand_id))
      brands += 1
    }
    return { stale: stale.length, brands, days }
  },
}

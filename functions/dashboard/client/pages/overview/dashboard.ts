import type { InputOf, OutputOf } from '../../api/operation-types.ts'
import type { operations } from '../../api/operations.ts'
import type { BrandKey } from '../../shell/last-brand.ts'
import { periodOf, type ScopeSearch } from '../../shell/period.ts'
import type { Ledger, ModelName } from '../attribution/models.ts'

export type Dashboard = OutputOf<typeof operations.get_brand_dashboard>
type Asked = InputOf<typeof operations.get_brand_dashboard>
type Search = ScopeSearch & { model?: ModelName | undefined; ledger?: Ledger | undefined }

/** What the overview reads, by its URL. */
export const dashboardOf = ({ id, time_zone }: BrandKey, search: Search) =>
  ({
    id,
    ...periodOf(search, time_zone),
    compare: search.compare ?? 'previous_period',
    model: search.model ?? 'last',
    ledger: search.ledger ?? 'touch',
  }) satisfies Asked

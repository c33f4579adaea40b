import * as z from 'zod'
import type { Rows } from '../db/tables.ts'
import { newestDay } from './account-days.ts'
import type { Page } from './connector.ts'

/** Printable ASCII: anything else would make the header, token and all, part of an error's text. */
export const AdAccountCredentials = z.object({ access_token: z.string().regex(/^[!-~]+$/) })

/** What came of a provider's nodes; `drift` as in `Page`. */
export type Parsed = { rows: Rows; drift: Readonly<Record<string, number>> }

/** A page of an ad account. Its position is the newest day of figures in it. */
export const adPage = ({ rows, drift }: Parsed, page: Pick<Page, 'count' | 'resume' | 'waitMs'>): Page => ({
  rows,
  drift,
  position: newestDay(rows),
  ...page,
})

/** The whole answer for a range that touches no day the provider has. */
export const NO_DAYS = adPage({ rows: {}, drift: {} }, { count: 0, resume: null })

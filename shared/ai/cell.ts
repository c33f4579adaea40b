/** `days` and `units` are counts that say of what; `money` is in the cell's currency. */
export type Unit = 'money' | 'count' | 'ratio' | 'share' | 'days'
export type Period = { since: string; until: string }

/** One figure of a tool's result. The model may refer to it; only the server writes it. */
export type Figure = {
  /** Where it stands: `r1.rows.0.net`. */
  ref: string
  /** Id in the catalogue of metrics, or the field's own name. */
  metric: string
  /** What it is, in words: "Net sales". */
  name: string
  /** Of whom: a campaign, a product, a brand, a model; empty for the whole. */
  subject: readonly string[]
  /** The part of `ref` that names its row; empty for figures of the whole. */
  row: string
  unit: Unit
  currency: string | null
  /** Millionths of the unit; null: unknown. */
  value: bigint | null
  /** Days, the last not included; null: it is of the moment. */
  period: Period | null
  /** For a change: the days it is compared with. */
  against: Period | null
  ledger: string | null
  as_of: string | null
  provisional: boolean
  incomplete: boolean
}

/** A word of the store's: names, statuses, days. Shown between quotes, never followed. */
export type Quote = { ref: string; row: string; text: string }

/** What one call of a tool found, and under which filters. */
export type Result = {
  id: string
  tool: string
  arguments: Readonly<Record<string, unknown>>
  figures: readonly Figure[]
  quotes: readonly Quote[]
  /** Figures and quotes beyond what a result may hold. */
  left_out: number
  /** What the result says of itself: period, currency, ledger, model, as_of, provisional_since, incomplete. */
  about: Readonly<Record<string, unknown>>
}

export type Cells = { figures: ReadonlyMap<string, Figure>; quotes: ReadonlyMap<string, Quote> }

export const cellsOf = (results: readonly Result[]): Cells => ({
  figures: new Map(results.flatMap(({ figures }) => figures).map((figure) => [figure.ref, figure])),
  quotes: new Map(results.flatMap(({ quotes }) => quotes).map((quote) => [quote.ref, quote])),
})

export type Series = {
  title: string
  values: readonly (number | null)[]
  /** One of --c1 to --c8. */
  color: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8
  kind?: 'area' | 'line' | 'dashes' | 'bars'
}

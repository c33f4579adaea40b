/** BigQuery column types of the product; a trailing ? may be null. A column added later must be one that may be null. */
type BigQueryType = 'STRING' | 'INTEGER' | 'FLOAT' | 'NUMERIC' | 'TIMESTAMP' | 'DATE' | 'JSON'
export type ColumnType = BigQueryType | `${BigQueryType}?`

/** INTEGER as bigint, FLOAT as number, the rest as text: NUMERIC decimal, TIMESTAMP RFC 3339, DATE YYYY-MM-DD, JSON a document. */
export type Value<T extends ColumnType> = T extends `${infer B extends BigQueryType}?`
  ? Plain<B> | null
  : T extends BigQueryType
    ? Plain<T>
    : never
type Plain<B extends BigQueryType> = B extends 'INTEGER' ? bigint : B extends 'FLOAT' ? number : string

export type Table = {
  /** `recorded_at`, when a row was appended, is every table's: it decides the partition. */
  columns: Readonly<Record<string, ColumnType>>
  /** Two rows with the same key (and version) are the same row appended twice. */
  key: readonly string[]
  /** Of a row: newer replaces older. A table without versions holds rows that never change. */
  version?: string
  /** The newest version within these columns is the truth about all of their rows: a row it lacks is gone. Default: the key. */
  replacedBy?: readonly string[]
  /** The row that is appended last: a version without it is still arriving and does not count yet. */
  completedBy?: { column: string; value: string }
  /** After the month of recording. */
  clustering: readonly string[]
}

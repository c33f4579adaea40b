import type { Row } from '../project.ts'

/** A shop's bulk operations as one request may use them; answers are objects of the schema. */
export type BulkDesk = {
  /** BulkOperationRunQueryPayload. */
  begin(query: string, grouped: boolean): Row
  /** BulkOperation; each look lets the work go on. */
  look(id: string): Row | null
  /** BulkOperationCancelPayload. */
  cancel(id: string): Row
}

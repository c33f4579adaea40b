import { asUnavailable, datasetOf } from './dataset.ts'
import { NOT_FOUND, statusOf } from './google-error.ts'

/** Deletes the tenant's dataset with everything in it; one that is gone already is no error. Throws UNAVAILABLE. */
export async function removeWarehouse(tenantId: string): Promise<void> {
  const dataset = await datasetOf(tenantId)
  try {
    await dataset.delete({ force: true })
  } catch (error) {
    if (statusOf(error) !== NOT_FOUND) throw asUnavailable(error)
  }
}

import { bigQuery } from '../cloud/bigquery.ts'
import { AppError } from '../errors.ts'
import { actor, PLATFORM_TENANT_ID } from '../tenant.ts'
import { NOT_FOUND, statusOf } from './google-error.ts'
import { readerOf } from './principal.ts'

/** The platform's own has the name by which infra makes it. */
export const datasetId = (tenantId: string): string =>
  tenantId === PLATFORM_TENANT_ID ? 'pulsepoint_platform' : `dataset_tenant_${tenantId.replaceAll('-', '_')}`

export const datasetOf = async (tenantId: string) => (await bigQuery()).dataset(datasetId(tenantId))
export type Dataset = Awaited<ReturnType<typeof datasetOf>>

/** The dataset of the actor's tenant, to write to as this function. Throws NO_ACTOR when code that runs for another tenant asks. */
export async function ownDataset(tenantId: string): Promise<Dataset> {
  requireActor(tenantId)
  return datasetOf(tenantId)
}

/** The same to read, as the tenant itself. */
export async function readableDataset(tenantId: string): Promise<Dataset> {
  requireActor(tenantId)
  return (await readerOf(tenantId)).dataset(datasetId(tenantId))
}

function requireActor(tenantId: string): void {
  if (actor().tenantId !== tenantId)
    throw new AppError('NO_ACTOR', 'A warehouse is reached only on behalf of its own tenant.')
}

/** BigQuery's answer. Throws UNAVAILABLE, which events are delivered again for: whatever is wrong, somebody has to mend it. */
export async function available<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw asUnavailable(error)
  }
}

/** A refusal as UNAVAILABLE; a dataset that is not there yet says so. */
export function asUnavailable(cause: unknown): AppError {
  const status = statusOf(cause)
  const message =
    status === NOT_FOUND
      ? 'The warehouse of this tenant is not there yet: it is still being provisioned, or a table of it was removed.'
      : `BigQuery ${status === null ? 'did not answer' : `answered ${status}`}.`
  return new AppError('UNAVAILABLE', message, { cause, details: { status } })
}

/** Whether an error of ours says that the dataset, or a table of it, is not there. */
export const isMissing = (error: unknown): boolean => error instanceof AppError && error.details.status === NOT_FOUND

import { AsyncLocalStorage } from 'node:async_hooks'
import { config } from '../config.ts'

/** One that does not answer is left alone for a while. */
const PAUSE_MS = 5_000
const onReplicaNow = new AsyncLocalStorage<boolean>()
let pausedUntil = 0

/**
 * Transactions inside are read-only and go to the replica; to the primary when there is no replica or it fails. The replica
 * lags behind: for reads whose caller has not just written.
 */
export const onReplica = <T>(work: () => T): T => onReplicaNow.run(true, work)

/** What is written on the way of such a read. */
export const onPrimary = <T>(work: () => T): T => onReplicaNow.run(false, work)

/** Whether transactions of this call chain go to the replica. */
export const replicaServes = (): boolean =>
  onReplicaNow.getStore() === true && config('DATABASE_REPLICA_URL') !== undefined && performance.now() >= pausedUntil

export const pauseReplica = (): void => {
  pausedUntil = performance.now() + PAUSE_MS
}
export const replicaAnswers = (): void => {
  pausedUntil = 0
}

import { clock } from '../clock.ts'
import { currentTenantKeys } from '../db/rotate-keys.ts'
import { pseudonymsUnder } from '../db/tenant-keys.ts'
import { transaction } from '../db/transaction.ts'
import { toAppError } from '../errors.ts'
import { log } from '../log.ts'
import { actor } from '../tenant.ts'
import { startOfDay } from '../units.ts'
import type { ConnectionContext, Connector } from './connector.ts'
import { openCredentials } from './credentials.ts'
import type { Run } from './facts.ts'
import { withFreshToken, withRenewedToken } from './fresh-token.ts'
import { holdLease, takeLease } from './lease.ts'
import { continueAt, finishRun, giveUpRun, isOver, type Outcome, startRun } from './outcome.ts'
import { type Caller, callQuotas } from './quota.ts'
import { cursorOf, readStream, type Slice } from './read-stream.ts'
import { isBackfill, kindOf, runIdOf, type WorkRequested } from './request.ts'
import { isWaiting, loadStates, nextRange, type Wanted } from './state.ts'
import { readTotals } from './totals.ts'

/**
 * One slice of one run of a connection: takes its lease, reads the wanted ranges of the streams page by page, and commits rows, cursor and touched
 * days together. What is left when the slice ends is a continuation. Never throws for the provider's faults: they are
 * recorded on the connection. Throws DB_UNAVAILABLE and the like, for redelivery.
 */
export async function syncConnection(connector: Connector, event: WorkRequested, slice: Slice): Promise<void> {
  const { integration_id } = event.data
  const run_id = runIdOf(event)
  const kind = kindOf(event)
  const taken = await transaction(async (db) => {
    const taking = { integrationId: integration_id, runId: run_id, givesWay: kind === 'backfill' }
    const result = await takeLease(db, taking)
    // A late copy of a run that is over asks no more: copies that are always delivered together would hold each other up for ever.
    if ('askAgainAt' in result && !(await isOver(db, run_id)))
      await continueAt(db, event, { at: result.askAgainAt, why: 'held' })
    if ('gone' in result) await giveUpRun(db, run_id)
    return result
  })
  if (!('lease' in taken))
    return log('INFO', 'The connection is not free for work.', { integration_id, gone: 'gone' in taken })
  const run: Run = { run_id, kind, lease: taken.lease, event, startedAt: Date.now() }
  try {
    if (!(await startRun(run))) return log('INFO', 'The run is over already.', { integration_id, run_id })
    await finishRun(run, await readWithToken(connector, run, slice))
  } catch (error) {
    const failure = toAppError(error)
    if (failure.code === 'LEASE_LOST') return log('WARNING', failure.message, { integration_id })
    await finishRun(run, { status: 'failed', failure })
    if (!failure.code.startsWith('PROVIDER_') && failure.retry) throw failure
  }
}

/** A token that the provider refuses in mid-sync is renewed once; then reading goes on after the last committed page. */
async function readWithToken(connector: Connector, run: Run, slice: Slice): Promise<Outcome> {
  const lease = await withFreshToken(run.lease)
  try {
    return await readStreams(connector, { ...run, lease }, slice)
  } catch (error) {
    const wasRenewed = lease !== run.lease
    if (toAppError(error).code !== 'PROVIDER_AUTH' || wasRenewed) throw error
    await transaction((db) => holdLease(db, lease)) // two must not renew at once, and there are sixty seconds for it
    const renewed = await withRenewedToken(lease)
    if (!renewed) throw error
    return await readStreams(connector, { ...run, lease: renewed }, slice)
  }
}

/** Continued when the slice ended first, or later, when a provider that is still at work has its stream wait; the others go on. */
async function readStreams(connector: Connector, run: Run, slice: Slice): Promise<Outcome> {
  const { states, context, client } = await open(connector, run)
  const wanted = wantedBy(run)
  const waits: number[] = []
  for (const stream of connector.streams) {
    let range = nextRange(stream, states.get(stream.name), wanted)
    while (range && !isWaiting(range, clock.now())) {
      const read = await readStream({ stream, client, context, run, slice }, range)
      if (!read) return { status: 'continued', at: clock.now() }
      range = nextRange(stream, read, wanted) // after a range that an earlier run had begun, there is newer to read
    }
    if (range?.wait_until) waits.push(range.wait_until.getTime())
  }
  if (waits.length > 0) return { status: 'continued', at: new Date(Math.min(...waits)) }
  return { status: 'completed', told: await readTotals(connector, { client, context, run }) }
}

function wantedBy({ event, lease }: Run): Wanted {
  if (!isBackfill(event)) return { dueAt: new Date(event.data.due_at), now: clock.now() }
  const { since, until } = event.data
  return { since: startOfDay(lease.time_zone, since), until: startOfDay(lease.time_zone, until) }
}

const takeCall = callQuotas()
const callerOf = ({ provider }: Connector, { lease, kind }: Run): Caller => ({
  provider,
  tenantId: actor().tenantId,
  integrationId: lease.integration_id,
  isBackfill: kind === 'backfill',
  ceiling: lease.call_ceiling,
})

async function open(connector: Connector, run: Run) {
  const { lease } = run
  return transaction(async (db) => {
    const [ring, states] = await Promise.all([currentTenantKeys(db), loadStates(db, cursorOf(run))])
    const credentials = await openCredentials(ring, lease, connector.credentials)
    const context: ConnectionContext = {
      tenantId: actor().tenantId,
      brandId: lease.brand_id,
      accountId: lease.account_id,
      currency: lease.currency,
      timeZone: lease.time_zone,
      pseudonym: pseudonymsUnder(ring),
      now: clock.now,
      mayCall: () => takeCall(callerOf(connector, run)),
    }
    return { states, context, client: connector.client(credentials, context) }
  })
}

import type pg from 'pg'
import { asAdmin } from './admin.ts'
import type { Platform } from './platform.ts'

/** A connection's state while the hour runs: `rows` of all its slices, `fraction` of the time range that has been read. */
export type ConnectionProgress = {
  integration_id: string
  tenant: string
  brand: string
  platform: string
  status: string
  stream: string
  fraction: number
  rows: number
  done: boolean
  error: string | null
}

export type HourResult = { durationMs: number; failures: string[] }

/** Waits longer than this for a provider or a retry are not worth staying for; the run then counts as failed. */
const PATIENCE_MS = 30 * 60 * 1000
const LOOK_EVERY_MS = 250

/**
 * Runs one hour: makes every active connection due, lets the scheduler take them and waits until everything that follows
 * (slices, attribution, alerts, deliveries, warehouse rows) is done. Calls `onProgress` while waiting.
 */
export async function runHour(
  platform: Platform,
  onProgress: (progress: readonly ConnectionProgress[]) => void,
): Promise<HourResult> {
  const started = Date.now()
  return asAdmin(platform.postgres, async (client) => {
    const dueAt = new Date(platform.now())
    await client.query("update integrations set next_due_at = $1 where status = 'active'", [dueAt])
    await platform.scheduler.runNow('schedule-syncs')
    await untilQuiet({ platform, client, dueAt, deadline: started + PATIENCE_MS }, onProgress)
    return { durationMs: Date.now() - started, failures: await failuresSince(platform, client, dueAt) }
  })
}

type Waiting = { platform: Platform; client: pg.Client; dueAt: Date; deadline: number }

async function untilQuiet(
  waiting: Waiting,
  onProgress: (progress: readonly ConnectionProgress[]) => void,
): Promise<void> {
  const { platform, client, dueAt, deadline } = waiting
  let quiet = 0
  while (quiet < 2) {
    if (Date.now() > deadline) return
    onProgress(await progressOf(client, dueAt))
    const outbox = await client.query('select 1 from outbox limit 1')
    const { messages, tasks } = platform.cloud.idle()
    // Twice in a row: between taking a message off and writing what follows, a worker holds it as undelivered.
    quiet = outbox.rowCount === 0 && messages === 0 && tasks === 0 ? quiet + 1 : 0
    if (outbox.rowCount && messages === 0 && tasks === 0) await platform.scheduler.runNow('relay-events')
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  onProgress(await progressOf(client, dueAt))
}

async function progressOf(client: pg.Client, dueAt: Date): Promise<ConnectionProgress[]> {
  const { rows } = await client.query<
    Omit<ConnectionProgress, 'rows' | 'fraction'> & { rows: string; fraction: number | null }
  >(
    `select i.integration_id, t.company_name as tenant, b.name as brand, i.platform, i.status, coalesce(s.stream, '') as stream,
       i.sync_error_code as error, coalesce(r.rows_read, 0) as rows,
       i.status <> 'active' or coalesce(i.last_synced_at >= $1, false) or coalesce(r.status = 'failed', false) as done,
       extract(epoch from s.position - s.range_since) / nullif(extract(epoch from s.range_until - s.range_since), 0)::float8 as fraction
     from integrations i
     join tenants t on t.id = i.tenant_id
     join brands b on b.tenant_id = i.tenant_id and b.brand_id = i.brand_id
     left join lateral (select s.stream, s.position, s.range_since, s.range_until from sync_state s
       where s.tenant_id = i.tenant_id and s.integration_id = i.integration_id order by s.updated_at desc limit 1) s on true
     left join lateral (select (array_agg(r.status order by r.started_at desc))[1] as status, sum(r.rows_read) as rows_read
       from sync_runs r where r.tenant_id = i.tenant_id and r.integration_id = i.integration_id and r.started_at >= $1) r on true
     order by t.company_name, b.name, i.platform`,
    [dueAt],
  )
  return rows.map((row) => ({ ...row, rows: Number(row.rows), fraction: Number(row.fraction ?? 0) }))
}

/** What did not come out well, in words. A connection that a person must authorise again is an alert, not a failure of the run. */
async function failuresSince(platform: Platform, client: pg.Client, dueAt: Date): Promise<string[]> {
  const { rows } = await client.query<{
    brand: string
    platform: string
    status: string
    error_code: string | null
    error_message: string | null
  }>(
    `select b.name as brand, i.platform, r.status, r.error_code, r.error_message
     from sync_runs r
     join integrations i on i.tenant_id = r.tenant_id and i.integration_id = r.integration_id
     join brands b on b.tenant_id = i.tenant_id and b.brand_id = i.brand_id
     where r.started_at >= $1 and r.status <> 'completed' and coalesce(r.error_code, '') <> 'PROVIDER_AUTH'
     order by b.name`,
    [dueAt],
  )
  const { deadLetters, messages, tasks } = platform.cloud.idle()
  const left = await client.query(
    'select ((select count(*) from touched_days) + (select count(*) from stale_days))::int as n',
  )
  return [
    ...rows.map((row) =>
      `${row.brand} (${row.platform}): ${row.status} ${row.error_code ?? ''} ${row.error_message ?? ''}`.trim(),
    ),
    ...(deadLetters > 0 ? [`${deadLetters} message(s) ended in dead-letters`] : []),
    ...(messages + tasks > 0 ? [`${messages} message(s) and ${tasks} delayed message(s) were still waiting`] : []),
    ...(left.rows[0].n > 0 ? [`${left.rows[0].n} day(s) were not recomputed`] : []),
  ]
}

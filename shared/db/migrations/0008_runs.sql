-- What people can do with a sync: ask for one, stop it, pause it, read history again.

alter table integrations
  add column paused_at timestamptz,
  -- The run that took the lease last: to cancel it is to take the lease away.
  add column lease_run_id uuid,
  -- A sync waits for the lease until then: a backfill gives way.
  add column lease_wanted_until timestamptz;

alter table sync_runs
  drop constraint sync_runs_status_check,
  add constraint sync_runs_status_check
    check (status in ('waiting', 'running', 'continued', 'completed', 'failed', 'cancelled')),
  alter column started_at drop not null,
  add column kind text not null default 'hourly' check (kind in ('hourly', 'manual', 'backfill')),
  add column requested_at timestamptz not null default clock_timestamp(),
  -- A user or an API key; null: the scheduler.
  add column requested_by uuid,
  add column cancelled_by uuid,
  -- Days in the brand's zone, half-open.
  add column range_since date,
  add column range_until date,
  add constraint sync_runs_range check ((kind = 'backfill') = (range_since is not null and range_until is not null)
    and (range_until is null or range_since < range_until));

-- The rows that are there: the policy binds the owner too.
alter table sync_runs no force row level security;
update sync_runs set requested_at = started_at;
alter table sync_runs force row level security;

drop index sync_runs_by_connection;
create index sync_runs_by_connection on sync_runs (tenant_id, integration_id, requested_at desc, run_id desc);
create index sync_runs_newest on sync_runs (tenant_id, requested_at desc, run_id desc);
create index sync_runs_backfills on sync_runs (tenant_id, integration_id, requested_at desc) where kind = 'backfill';
create unique index sync_runs_one_open on sync_runs (tenant_id, integration_id, kind)
  where kind <> 'hourly' and status in ('waiting', 'running', 'continued');

-- A backfill has cursors of its own, under its run; the nil id is the hourly cursor, which it never moves.
alter table sync_state
  add column run_id uuid not null default '00000000-0000-0000-0000-000000000000',
  drop constraint sync_state_pkey,
  add primary key (tenant_id, integration_id, run_id, stream);

create table integrations (
  tenant_id               uuid not null,
  brand_id                uuid not null,
  integration_id          uuid not null,
  platform                text not null check (platform in ('shopify', 'meta')),
  account_id              text not null,
  account_name            text not null,
  status                  text not null default 'active' check (status in ('active', 'paused', 'needs_reauth', 'disconnected')),
  access_token_encrypted  text,
  refresh_token_encrypted text,
  token_expires_at        timestamptz,
  is_active               boolean generated always as (status = 'active') stored,
  last_synced_at          timestamptz,
  sync_error_code         text,
  sync_error_message      text,
  next_due_at             timestamptz not null,
  -- Who works on it: the fence grows with every lease, so that a stopped worker's late write is refused.
  lease_fence             bigint not null default 0,
  lease_until             timestamptz,
  created_at              timestamptz not null,
  primary key (tenant_id, integration_id),
  unique (tenant_id, platform, account_id),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
create index integrations_due on integrations (next_due_at) where status = 'active';
select protect_tenant_table('integrations');
grant select, insert, update, delete on integrations to pulsepoint_app;
grant select (tenant_id, integration_id, platform, status, next_due_at), update (next_due_at) on integrations to pulsepoint_scheduler;
create policy every_connection on integrations for all to pulsepoint_scheduler using (true) with check (true);

-- One row per stream of a connection: how far it is complete, and the page at which an unfinished range continues.
create table sync_state (
  tenant_id       uuid not null,
  integration_id  uuid not null,
  stream          text not null,
  complete_until  timestamptz,
  last_daily_at   timestamptz,
  range_since     timestamptz,
  range_until     timestamptz,
  resume          jsonb,
  position        timestamptz,
  rows_read       bigint not null default 0,
  rows_written    bigint not null default 0,
  -- Fields and values the provider sent that we do not know: {"orders.newField": 12}
  drift           jsonb not null default '{}',
  updated_at      timestamptz not null,
  primary key (tenant_id, integration_id, stream),
  foreign key (tenant_id, integration_id) references integrations (tenant_id, integration_id) on delete cascade
);
select protect_tenant_table('sync_state');
grant select, insert, update, delete on sync_state to pulsepoint_app;

create table sync_runs (
  tenant_id      uuid not null,
  run_id         uuid not null,
  integration_id uuid not null,
  status         text not null check (status in ('running', 'continued', 'completed', 'failed')),
  started_at     timestamptz not null,
  finished_at    timestamptz,
  pages          integer not null default 0,
  rows_read      bigint not null default 0,
  rows_written   bigint not null default 0,
  error_code     text,
  error_message  text,
  primary key (tenant_id, run_id),
  foreign key (tenant_id, integration_id) references integrations (tenant_id, integration_id) on delete cascade
);
create index sync_runs_by_connection on sync_runs (tenant_id, integration_id, started_at desc);
select protect_tenant_table('sync_runs');
grant select, insert, update, delete on sync_runs to pulsepoint_app;

-- Pipeline messages and facts that wait for Pub/Sub; written with what they describe, deleted once published.
create table outbox (
  tenant_id     uuid not null references tenants (id),
  event_id      uuid not null,
  topic         text not null,
  attributes    jsonb not null,
  data          jsonb not null,
  publish_after timestamptz,
  created_at    timestamptz not null default clock_timestamp(),
  primary key (tenant_id, event_id, topic)
);
create index outbox_oldest on outbox (created_at);
select protect_tenant_table('outbox');
grant select, insert, update, delete on outbox to pulsepoint_app;
grant select, update (created_at), delete on outbox to pulsepoint_relay;
create policy every_message on outbox for all to pulsepoint_relay using (true) with check (true);
grant select, insert, delete on outbox to pulsepoint_scheduler;
create policy any_tenants_message on outbox for all to pulsepoint_scheduler using (true) with check (true);

-- Facts (kept 90 days) and telemetry (7): partitions are made ahead and dropped, never deleted from.
create table observability_events (
  tenant_id      uuid not null,
  event_id       uuid not null,
  class          text not null check (class in ('fact', 'telemetry')),
  event_type     text not null,
  "timestamp"    timestamptz not null,
  brand_id       uuid,
  user_id        uuid,
  session_id     uuid,
  request_id     text not null,
  duration_ms    double precision,
  tokens_used    bigint,
  cost_usd       numeric(18, 9),
  status         text not null default 'success' check (status in ('success', 'failure', 'partial')),
  error_message  text,
  model_used     text,
  accuracy_score numeric(5, 4),
  metadata       jsonb not null default '{}',
  primary key (tenant_id, "timestamp", event_id, class)
) partition by list (class);
create table observability_facts partition of observability_events for values in ('fact') partition by range ("timestamp");
create table observability_telemetry partition of observability_events for values in ('telemetry') partition by range ("timestamp");
create table observability_facts_other partition of observability_facts default;
create table observability_telemetry_other partition of observability_telemetry default;
create index observability_by_type on observability_events (tenant_id, event_type, "timestamp" desc);
select protect_tenant_table('observability_events');
grant select, insert on observability_events to pulsepoint_app;
grant insert on observability_events to pulsepoint_events;
create policy any_tenants_telemetry on observability_events for insert to pulsepoint_events with check (true);

-- Makes the partitions that cover [since, until); those that exist are left alone.
create function ensure_event_partitions(since timestamptz, until timestamptz) returns void language plpgsql as $$
declare kind record; low timestamptz; name text;
begin
  for kind in select * from (values ('facts', interval '7 days', 'week'), ('telemetry', interval '1 day', 'day')) as v (part, step, unit) loop
    low := date_trunc(kind.unit, since at time zone 'UTC') at time zone 'UTC';
    while low < until loop
      name := format('observability_%s_%s', kind.part, to_char(low at time zone 'UTC', 'YYYYMMDD'));
      if to_regclass(name) is null then
        execute format('create table %I partition of observability_%s for values from (%L) to (%L)', name, kind.part, low, low + kind.step);
      end if;
      low := low + kind.step;
    end loop;
  end loop;
end $$;
revoke execute on function ensure_event_partitions from public;

create table alerts (
  tenant_id    uuid not null references tenants (id),
  alert_id     uuid not null,
  brand_id     uuid,
  rule         text not null,
  -- What is wrong, as a key: one open alert per cause.
  cause        text not null,
  severity     text not null check (severity in ('info', 'warning', 'critical')),
  status       text not null default 'open' check (status in ('open', 'acknowledged', 'resolved')),
  title        text not null,
  message      text not null,
  details      jsonb not null default '{}',
  raised_at    timestamptz not null,
  resolved_at  timestamptz,
  primary key (tenant_id, alert_id),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
create unique index alerts_one_per_cause on alerts (tenant_id, cause) where status <> 'resolved';
create index alerts_newest on alerts (tenant_id, raised_at desc, alert_id desc);
select protect_tenant_table('alerts');
grant select, insert, update, delete on alerts to pulsepoint_app;

-- What was sent where: the key makes a redelivered event send nothing twice.
create table webhook_deliveries (
  tenant_id    uuid not null references tenants (id),
  channel      text not null,
  subject_id   uuid not null,
  status       text not null check (status in ('sending', 'sent', 'failed')),
  attempts     integer not null default 1,
  error_message text,
  updated_at   timestamptz not null,
  primary key (tenant_id, channel, subject_id)
);
select protect_tenant_table('webhook_deliveries');
grant select, insert, update, delete on webhook_deliveries to pulsepoint_app;

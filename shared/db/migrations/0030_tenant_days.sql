-- A tenant's day (UTC) in figures, without content: what operators read, kept when the events themselves are gone.
create table tenant_days (
  tenant_id     uuid not null references tenants (id),
  day           date not null,
  requests      bigint not null,
  errors        bigint not null,
  -- Of requests, by nearest rank; null: nobody asked.
  p50_ms        double precision,
  p95_ms        double precision,
  p99_ms        double precision,
  questions     bigint not null,
  ratings       bigint not null,
  -- Ratings of 4 and 5.
  accurate      bigint not null,
  tokens        bigint not null,
  cost_usd      numeric not null,
  syncs_ok      bigint not null,
  syncs_failed  bigint not null,
  -- Age, at the day's end, of the connection that has waited longest for a sync; null: none completed one within a week.
  oldest_data_s double precision,
  -- Microseconds: when these figures were made.
  version       bigint not null,
  -- When the platform's warehouse was told of them.
  told_at       timestamptz,
  primary key (tenant_id, day)
);
create index tenant_days_by_day on tenant_days (day, tenant_id);
create index tenant_days_untold on tenant_days (day, tenant_id) where told_at is null;
select protect_tenant_table('tenant_days');
grant select, insert, update, delete on tenant_days to pulsepoint_app;
grant select, update (told_at) on tenant_days to pulsepoint_operator;
create policy counted on tenant_days for select to pulsepoint_operator using (true);
create policy told on tenant_days for update to pulsepoint_operator using (true);

-- People who were erased and whose personal columns are still in the tenant's warehouse: it changes no row that has just arrived.
create table warehouse_erasures (
  tenant_id uuid not null references tenants (id),
  user_id   uuid not null,
  asked_at  timestamptz not null,
  primary key (tenant_id, user_id)
);
select protect_tenant_table('warehouse_erasures');
grant select, insert, update, delete on warehouse_erasures to pulsepoint_app;

-- Changes that agents asked for over MCP; a person approves or rejects each.
create table pending_actions (
  tenant_id        uuid not null references tenants (id),
  action_id        uuid not null,
  operation        text not null,
  input            jsonb not null,
  status           text not null default 'pending' check (status in ('pending', 'running', 'done', 'failed', 'rejected')),
  asked_by_user_id uuid,
  asked_by_key_id  uuid,
  asked_at         timestamptz not null,
  expires_at       timestamptz not null,
  decided_by       uuid,
  decided_at       timestamptz,
  reason           text check (length(reason) <= 500),
  output           jsonb,
  error            jsonb,
  primary key (tenant_id, action_id)
);
select protect_tenant_table('pending_actions');
grant select, insert, update, delete on pending_actions to pulsepoint_app;

-- Of an erased user the id stays, for the audit; everything personal is replaced.
alter table users add column erased_at timestamptz;

-- A deleted tenant can be restored until erase_after, unless its erasure has begun.
alter table tenants add column erase_after timestamptz, add column erasure_started_at timestamptz;

-- "Who asked what": the words are stored, because under row-level security @@ is a filter and never an index condition.
alter table observability_events add column words tsvector generated always as (
  case when class = 'fact' or event_type = 'data.accessed' then
    jsonb_to_tsvector('simple', metadata, '["string", "numeric"]') || to_tsvector('simple', coalesce(error_message, ''))
  end) stored;
create index observability_facts_by_user on observability_facts (tenant_id, user_id, "timestamp" desc);
create index observability_facts_by_brand on observability_facts (tenant_id, brand_id, "timestamp" desc);
-- Operators ask for the last hour of all tenants; rows arrive in the order of time, so a few pages of BRIN find it.
create index observability_telemetry_by_time on observability_telemetry using brin ("timestamp");

-- Operators see who is there, how much is used and what is late: no content, no person, no message.
grant select (tenant_id, is_active) on users to pulsepoint_operator;
grant select (tenant_id) on brands to pulsepoint_operator;
grant select (tenant_id, status, next_due_at) on integrations to pulsepoint_operator;
grant select (created_at, publish_after) on outbox to pulsepoint_operator;
grant select (tenant_id, event_id, class, event_type, "timestamp", status, tokens_used, cost_usd) on observability_events to pulsepoint_operator;
grant select (erase_after, erasure_started_at), update (status, subscription_tier) on tenants to pulsepoint_operator;
create policy counted on users for select to pulsepoint_operator using (true);
create policy counted on brands for select to pulsepoint_operator using (true);
create policy counted on integrations for select to pulsepoint_operator using (true);
create policy counted on outbox for select to pulsepoint_operator using (true);
create policy counted on observability_events for select to pulsepoint_operator using (true);
-- Neither the platform's own tenant nor one that is being deleted.
create policy operated on tenants for update to pulsepoint_operator
  using (id <> '00000000-0000-7000-8000-000000000001' and status <> 'deleting') with check (status in ('active', 'suspended'));
-- What operators do is a fact of the platform's tenant, written with what it describes.
grant insert on observability_events, outbox to pulsepoint_operator;
create policy operators_fact on observability_events for insert to pulsepoint_operator
  with check (tenant_id = '00000000-0000-7000-8000-000000000001');
create policy operators_message on outbox for insert to pulsepoint_operator
  with check (tenant_id = '00000000-0000-7000-8000-000000000001');

-- Erasure: a role that sees no content and deletes only rows of the tenant that it runs for, once its erasure has begun.
grant usage on schema public to pulsepoint_eraser;
grant select (id, status, erasure_started_at), delete on tenants to pulsepoint_eraser;
create policy erased on tenants for all to pulsepoint_eraser using (
  id = nullif(current_setting('app.tenant_id', true), '')::uuid and status = 'deleting' and erasure_started_at is not null);

create function make_erasable(name regclass) returns void language plpgsql as $$
begin
  execute format('grant select (tenant_id, ctid), delete on %s to pulsepoint_eraser', name);
  execute format('create policy erased on %s for all to pulsepoint_eraser using (
    tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid and exists (select from tenants))', name);
end $$;
revoke execute on function make_erasable from public;

do $$
declare name regclass;
begin
  for name in select c.oid::regclass from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition loop
    perform make_erasable(name);
  end loop;
end $$;

-- From now on a tenant table is erasable because it is protected.
create or replace function protect_tenant_table(name regclass, tenant_column name default 'tenant_id') returns void
language plpgsql as $$
declare mine text := format('%I = nullif(current_setting(''app.tenant_id'', true), '''')::uuid', tenant_column);
begin
  execute format('alter table %s enable row level security', name);
  execute format('alter table %s force row level security', name);
  execute format('create policy tenant on %s for all to pulsepoint_app using (%s) with check (%s)', name, mine, mine);
  perform make_erasable(name);
end $$;

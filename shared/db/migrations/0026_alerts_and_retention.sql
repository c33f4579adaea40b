-- When an alert that nobody took on was told again.
alter table alerts add column escalated_at timestamptz;
create index alerts_unattended on alerts (tenant_id, raised_at) where status = 'open' and escalated_at is null;

-- Where a tenant wants to be called, and with what we sign, under the tenant's key. Signed as Standard Webhooks says.
create table webhook_endpoints (
  tenant_id        uuid not null references tenants (id),
  -- alerts: each alert. n8n: what starts its workflows, at paths below the URL.
  purpose          text not null check (purpose in ('alerts', 'n8n')),
  url              text not null check (length(url) <= 2000),
  secret_id        uuid not null,
  secret_encrypted text not null,
  updated_at       timestamptz not null,
  primary key (tenant_id, purpose)
);
select protect_tenant_table('webhook_endpoints');
grant select, insert, update, delete on webhook_endpoints to pulsepoint_app;

-- The delivery log: what the other side answered.
alter table webhook_deliveries add column http_status integer;
create index webhook_deliveries_newest on webhook_deliveries (tenant_id, updated_at desc, channel, subject_id);

-- Partitions of events ahead of time, and the oldest one whose time is over dropped: facts after 90 days, telemetry after 7.
-- One a call, so that the lock on the table is held for one drop; returns its name, null when none is left.
create function keep_event_partitions(at timestamptz) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare expired text;
begin
  perform public.ensure_event_partitions(at, at + interval '28 days');
  select c.relname into expired
  from (values ('facts', 7, 90), ('telemetry', 1, 7)) as kind (part, covers_days, kept_days)
    join pg_class parent on parent.oid = format('public.observability_%s', kind.part)::regclass
    join pg_inherits i on i.inhparent = parent.oid
    join pg_class c on c.oid = i.inhrelid and c.relname ~ '_[0-9]{8}$'
  where to_date(right(c.relname, 8), 'YYYYMMDD') + kind.covers_days <= (at at time zone 'UTC')::date - kind.kept_days
  order by right(c.relname, 8), c.relname limit 1;
  if expired is not null then
    execute format('drop table public.%I', expired);
  end if;
  return expired;
end $$;
revoke execute on function keep_event_partitions from public;
grant execute on function keep_event_partitions to pulsepoint_operator;

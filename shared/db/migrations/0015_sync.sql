-- A provider that is still at work (a report, an export) is asked again no sooner than this; other streams go on.
alter table sync_state add column wait_until timestamptz;

-- The id of the key that a JWE is closed with, which its header says in the clear.
create function jwe_key_id(jwe text) returns text language sql immutable strict
return convert_from(decode(rpad(translate(split_part(jwe, '.', 1), '-_', '+/'),
  (length(split_part(jwe, '.', 1)) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb ->> 'kid';

-- Which of the platform's keys closes a tenant's: whoever rotates them finds by it what is left to do.
alter table tenant_keys add column wrapped_by text not null generated always as (jwe_key_id(wrapped_key)) stored;
grant select (tenant_id, wrapped_by) on tenant_keys to pulsepoint_operator;
create policy every_tenants_key on tenant_keys for select to pulsepoint_operator using (true);

-- What a provider says of whole days beside what we hold of them, of the days that were compared last. 'orders' are a count,
-- 'spend' is in micros of `currency`. A difference beyond the tolerance is drift; its days are read again once.
create table reconciliations (
  tenant_id      uuid not null,
  integration_id uuid not null,
  day            date not null,
  measure        text not null check (measure in ('orders', 'spend')),
  ours           numeric not null,
  theirs         numeric not null,
  tolerance      numeric not null,
  currency       text,
  checked_at     timestamptz not null,
  -- When reading the days again was asked for, because of this very difference.
  reread_at      timestamptz,
  primary key (tenant_id, integration_id, day, measure),
  foreign key (tenant_id, integration_id) references integrations (tenant_id, integration_id) on delete cascade
);
select protect_tenant_table('reconciliations');
grant select, insert, update, delete on reconciliations to pulsepoint_app;
alter table integrations add column reconciled_at timestamptz;

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

-- What happens around operations: versions of the data that cached answers are made of, and remembered answers to POSTs.

-- Grows in the transaction that changes what answers are computed from. The nil brand stands for what concerns every brand of
-- the tenant. Rows outlive their brand, so that a sum over them never falls back to an earlier value.
create table data_versions (
  tenant_id uuid not null references tenants (id),
  brand_id  uuid not null,
  version   bigint not null,
  primary key (tenant_id, brand_id)
);
select protect_tenant_table('data_versions');
grant select, insert, update, delete on data_versions to pulsepoint_app;

-- Answers show brands and how fresh their connections are. Whoever changes these need not remember the version: Postgres does.
create function bump_data_version() returns trigger language plpgsql as $$
begin
  insert into data_versions as d (tenant_id, brand_id, version)
  select new.tenant_id, brand_id, 1 from (select new.brand_id union select old.brand_id) as b (brand_id) where brand_id is not null
  order by brand_id
  on conflict (tenant_id, brand_id) do update set version = d.version + 1;
  return null;
end $$;
revoke execute on function bump_data_version from public;
create trigger brands_shown after insert or update on brands for each row execute function bump_data_version();
create trigger connections_shown
  after insert or update of brand_id, account_name, status, last_synced_at, sync_error_code, sync_error_message on integrations
  for each row execute function bump_data_version();

-- One row per key of a caller, for 24 hours; the answer may hold a secret that is shown once, so it is a JWE under the tenant's key.
create table idempotency_keys (
  tenant_id        uuid not null references tenants (id),
  -- user:<id> or key:<id>
  actor            text not null,
  key              text not null check (length(key) between 1 and 255),
  request_hash     text not null,
  claim_id         uuid not null,
  state            text not null check (state in ('running', 'done')),
  answer_encrypted text check ((answer_encrypted is not null) = (state = 'done')),
  status           integer,
  started_at       timestamptz not null,
  expires_at       timestamptz not null,
  primary key (tenant_id, actor, key)
);
create index idempotency_keys_expired on idempotency_keys (tenant_id, expires_at);
select protect_tenant_table('idempotency_keys');
grant select, insert, update, delete on idempotency_keys to pulsepoint_app;

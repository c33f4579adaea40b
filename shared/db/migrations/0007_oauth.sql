-- One OAuth round trip: who asked for which connection, in which browser. The state's and the cookie's texts are kept as hashes only.
create table oauth_states (
  tenant_id          uuid not null references tenants (id),
  state_id           uuid not null,
  secret_hash        text not null,
  cookie_hash        text not null,
  user_id            uuid not null,
  brand_id           uuid not null,
  platform           text not null,
  shop               text,
  -- The account that was asked for by name; null: any that fits.
  account_id         text,
  verifier_encrypted text,
  created_at         timestamptz not null,
  expires_at         timestamptz not null,
  used_at            timestamptz,
  primary key (tenant_id, state_id),
  foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade,
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
create index oauth_states_old on oauth_states (tenant_id, expires_at);
select protect_tenant_table('oauth_states');
grant select, insert, update, delete on oauth_states to pulsepoint_app;

-- Some providers end an app's access for all who use the account, so it may only be ended when nobody else does. The answer
-- is a yes or no; whose connection it is stays hidden.
grant select (platform, account_id, status) on integrations to pulsepoint_resolver;
create policy account_of_any_tenant on integrations for select to pulsepoint_resolver using (true);
grant create on schema public to pulsepoint_resolver;
set role pulsepoint_resolver;
create function resolve_account_in_use(wanted_platform text, wanted_account text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public.integrations
    where platform = wanted_platform and account_id = wanted_account and status <> 'disconnected'
  )
$$;
revoke execute on function resolve_account_in_use from public;
grant execute on function resolve_account_in_use to pulsepoint_app;
set role pulsepoint_owner;
revoke create on schema public from pulsepoint_resolver;
create index integrations_by_account on integrations (platform, account_id);

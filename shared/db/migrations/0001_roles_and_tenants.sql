-- Roles are made by migrate.ts before this runs; everything here is owned by pulsepoint_owner.
-- One policy shape for every tenant table: it fails closed when no tenant is set (the setting is '' after a transaction).
-- Narrow roles get their own policies and only the columns they need.

grant usage on schema public to pulsepoint_app, pulsepoint_scheduler, pulsepoint_relay, pulsepoint_events, pulsepoint_operator, pulsepoint_resolver;

create function protect_tenant_table(name regclass, tenant_column name default 'tenant_id') returns void
language plpgsql as $$
declare mine text := format('%I = nullif(current_setting(''app.tenant_id'', true), '''')::uuid', tenant_column);
begin
  execute format('alter table %s enable row level security', name);
  execute format('alter table %s force row level security', name);
  execute format('create policy tenant on %s for all to pulsepoint_app using (%s) with check (%s)', name, mine, mine);
end $$;
revoke execute on function protect_tenant_table from public;

create table tenants (
  id                uuid primary key,
  company_name      text not null unique check (length(company_name) between 1 and 200),
  subscription_tier text not null default 'starter' check (subscription_tier in ('starter', 'pro', 'enterprise')),
  status            text not null default 'active' check (status in ('provisioning', 'active', 'suspended', 'deleting')),
  created_at        timestamptz not null
);
-- The platform's own tenant: it owns what belongs to nobody else. Made before the table is protected, which binds the owner too.
insert into tenants (id, company_name, subscription_tier, created_at)
values ('00000000-0000-7000-8000-000000000001', 'Pulsepoint Platform', 'enterprise', now());
select protect_tenant_table('tenants', 'id');
grant select, insert, update on tenants to pulsepoint_app;
grant select (id, status) on tenants to pulsepoint_scheduler, pulsepoint_resolver;
grant select (id, company_name, subscription_tier, status, created_at) on tenants to pulsepoint_operator;
create policy every_tenant on tenants for select to pulsepoint_scheduler, pulsepoint_resolver, pulsepoint_operator using (true);

-- The tenant's own data keys, wrapped by the platform's; destroying the rows makes the tenant's ciphertexts unreadable.
create table tenant_keys (
  tenant_id   uuid not null references tenants (id),
  key_id      text not null,
  wrapped_key text not null,
  created_at  timestamptz not null,
  primary key (tenant_id, key_id)
);
select protect_tenant_table('tenant_keys');
grant select, insert, update, delete on tenant_keys to pulsepoint_app;

create table users (
  tenant_id       uuid not null references tenants (id),
  user_id         uuid not null,
  email           text not null check (email = lower(email) and length(email) <= 254),
  hashed_password text not null,
  role            text not null default 'analyst' check (role in ('admin', 'manager', 'analyst', 'user', 'api_client', 'operator')),
  is_active       boolean not null default true,
  last_login      timestamptz,
  -- When a letter to this address was answered; null: whoever founded the tenant only said that it is theirs.
  email_verified_at timestamptz,
  created_at      timestamptz not null,
  primary key (tenant_id, user_id),
  unique (tenant_id, email)
);
create index users_by_email on users (email);
select protect_tenant_table('users');
grant select, insert, update, delete on users to pulsepoint_app;
grant select (tenant_id, user_id, email, hashed_password, is_active, email_verified_at, created_at) on users to pulsepoint_resolver;
create policy every_user on users for select to pulsepoint_resolver using (true);

create table sessions (
  tenant_id    uuid not null,
  session_id   uuid not null,
  user_id      uuid not null,
  refresh_hash text not null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  revoked_at   timestamptz,
  primary key (tenant_id, session_id),
  foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
select protect_tenant_table('sessions');
grant select, insert, update, delete on sessions to pulsepoint_app;

create table brands (
  tenant_id         uuid not null references tenants (id),
  brand_id          uuid not null,
  name              text not null check (length(name) between 1 and 200),
  shopify_store_url text,
  time_zone         text not null,
  currency          text not null check (currency ~ '^[A-Z]{3}$'),
  created_at        timestamptz not null,
  primary key (tenant_id, brand_id),
  unique (tenant_id, name)
);
select protect_tenant_table('brands');
grant select, insert, update, delete on brands to pulsepoint_app;

-- Who is this? One SECURITY DEFINER function per kind of key, owned by a role that cannot log in and sees only these columns.
grant create on schema public to pulsepoint_resolver;
set role pulsepoint_resolver;
create function resolve_login(wanted_email text)
returns table (tenant_id uuid, user_id uuid, hashed_password text, tenant_status text, is_verified boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select u.tenant_id, u.user_id, u.hashed_password, t.status, u.email_verified_at is not null
  from public.users u join public.tenants t on t.id = u.tenant_id
  where u.email = lower(wanted_email) and u.is_active
  order by u.email_verified_at is null, u.created_at, u.user_id
$$;
revoke execute on function resolve_login from public;
grant execute on function resolve_login to pulsepoint_app;
set role pulsepoint_owner;
revoke create on schema public from pulsepoint_resolver;

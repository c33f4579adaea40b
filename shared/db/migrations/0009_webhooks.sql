-- What signed callers sent: the key makes a delivery that comes twice do its work once.
create table webhook_receipts (
  tenant_id   uuid not null references tenants (id),
  source      text not null check (source in ('shopify', 'n8n')),
  delivery_id text not null check (length(delivery_id) between 1 and 200),
  topic       text not null,
  received_at timestamptz not null,
  primary key (tenant_id, source, delivery_id)
);
create index webhook_receipts_by_age on webhook_receipts (tenant_id, received_at);
select protect_tenant_table('webhook_receipts');
grant select, insert, delete on webhook_receipts to pulsepoint_app;

-- With what a tenant's n8n signs, under the tenant's key. One signs; the one before stays valid until it expires.
create table n8n_secrets (
  tenant_id        uuid not null references tenants (id),
  secret_id        uuid not null,
  secret_encrypted text not null,
  created_at       timestamptz not null,
  -- null: the current one.
  expires_at       timestamptz,
  primary key (tenant_id, secret_id)
);
create unique index n8n_secrets_current on n8n_secrets (tenant_id) where expires_at is null;
select protect_tenant_table('n8n_secrets');
grant select, insert, update, delete on n8n_secrets to pulsepoint_app;

-- What must never come back by a later sync. customer: a pseudonym, whose orders stay without customer and visits.
-- buyer: an order that stays without them, whoever bought. order, product: deleted at the shop.
create table erasures (
  tenant_id  uuid not null,
  brand_id   uuid not null,
  subject    text not null check (subject in ('customer', 'buyer', 'order', 'product')),
  subject_id text not null,
  erased_at  timestamptz not null,
  primary key (tenant_id, brand_id, subject, subject_id),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
select protect_tenant_table('erasures');
grant select, insert, delete on erasures to pulsepoint_app;

-- Which connections a shop has, of whatever tenants: asked when the shop calls, before the tenant is known.
create index integrations_by_shop on integrations (lower(account_id)) where platform = 'shopify';
grant select (tenant_id, brand_id, integration_id, platform, account_id) on integrations to pulsepoint_resolver;
-- Without a condition of its own, or the planner would test it before the index (lower() is not leakproof).
create policy every_shop on integrations for select to pulsepoint_resolver using (true);
grant create on schema public to pulsepoint_resolver;
set role pulsepoint_resolver;
create function resolve_shop(wanted_domain text)
returns table (tenant_id uuid, brand_id uuid, integration_id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select i.tenant_id, i.brand_id, i.integration_id
  from public.integrations i
  where i.platform = 'shopify' and lower(i.account_id) = lower(wanted_domain)
$$;
revoke execute on function resolve_shop from public;
grant execute on function resolve_shop to pulsepoint_app;
set role pulsepoint_owner;
revoke create on schema public from pulsepoint_resolver;

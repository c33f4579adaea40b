-- A name as it is searched: its words without case, accents and punctuation. The same function reads the query, so that
-- both sides are split alike; every collation is Postgres' own, so that a column made from it holds on every machine.
create function search_words(given text) returns text[] language sql immutable parallel safe as $$
  select array_remove(regexp_split_to_array(
    pg_catalog.translate(
      pg_catalog.regexp_replace(pg_catalog.normalize(pg_catalog.replace(pg_catalog.replace(
        pg_catalog.casefold(given collate "pg_unicode_fast"), 'æ', 'ae'), 'œ', 'oe'), 'NFKD'), '[\u0300-\u036f]', '', 'g'),
      'øłđħı', 'oldhi') collate "pg_unicode_fast",
    '[^[:alnum:]]+'), '')
$$;

-- Without an index of its own: a tenant's brands are few, found by the tenant-led key and filtered (measured: 11 ms among 10,000
-- brands of one tenant, 60,000 in all). A GIN index knows no tenant; with one there, that plan did not read it.
alter table brands add column name_search tsvector not null generated always as (array_to_tsvector(search_words(name))) stored;

-- One row per value set; what is not set has the default of shared/operations/settings/catalog.ts.
create table settings (
  tenant_id  uuid not null references tenants (id),
  name       text not null,
  value      jsonb not null,
  updated_at timestamptz not null,
  primary key (tenant_id, name)
);
create table brand_settings (
  tenant_id  uuid not null,
  brand_id   uuid not null,
  name       text not null,
  value      jsonb not null,
  updated_at timestamptz not null,
  primary key (tenant_id, brand_id, name),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);

-- Flags that a tenant has set; the others are as shared/feature-flags.ts says.
create table feature_flags (
  tenant_id  uuid not null references tenants (id),
  name       text not null,
  enabled    boolean not null,
  updated_at timestamptz not null,
  primary key (tenant_id, name)
);

-- What a tenant changed of a rule; null is the default of shared/alerts/rules.ts.
create table alert_rules (
  tenant_id   uuid not null references tenants (id),
  rule        text not null,
  enabled     boolean,
  threshold   numeric(12, 2) check (threshold > 0),
  channels    text[],
  muted_until timestamptz,
  updated_at  timestamptz not null,
  primary key (tenant_id, rule)
);

do $$
declare name text;
begin
  foreach name in array array['settings', 'brand_settings', 'feature_flags', 'alert_rules'] loop
    perform protect_tenant_table(name::regclass);
    execute format('grant select, insert, update, delete on %I to pulsepoint_app', name);
  end loop;
end $$;

-- Who took an alert on and who closed it; a person who is deleted leaves the instant.
alter table alerts
  add column acknowledged_at timestamptz,
  add column acknowledged_by uuid,
  add column resolved_by uuid,
  add column resolution_note text check (length(resolution_note) <= 1000),
  add foreign key (tenant_id, acknowledged_by) references users (tenant_id, user_id) on delete set null (acknowledged_by),
  add foreign key (tenant_id, resolved_by) references users (tenant_id, user_id) on delete set null (resolved_by);

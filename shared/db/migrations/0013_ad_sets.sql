-- What a campaign's money is divided among: Meta's ad sets. A budget stands on the campaign or on its ad sets, never on both.
create table ad_sets (
  tenant_id uuid not null, brand_id uuid not null, provider text not null, ad_set_id text not null,
  campaign_id text not null, account_id text not null, name text not null, status text,
  daily_budget_micros bigint, lifetime_budget_micros bigint, currency text not null,
  started_at timestamptz, stopped_at timestamptz, updated_at timestamptz, fetched_at timestamptz not null,
  primary key (tenant_id, brand_id, provider, ad_set_id),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
select protect_tenant_table('ad_sets');
grant select, insert, update, delete on ad_sets to pulsepoint_app;

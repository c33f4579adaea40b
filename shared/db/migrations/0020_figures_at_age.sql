-- A day's figures as they stood on the morning after it, seen once by us: later changes of the day do not change them, so that
-- days can be compared as they stood at the same age. In the brand's currency; null is unknown.
create table figures_at_age (
  tenant_id uuid not null, brand_id uuid not null, day date not null,
  metric text not null, provider text not null,
  value numeric, seen_at timestamptz not null,
  primary key (tenant_id, brand_id, metric, provider, day),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
select protect_tenant_table('figures_at_age');
grant select, insert, update, delete on figures_at_age to pulsepoint_app;

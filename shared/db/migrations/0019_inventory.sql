-- Stock of each variant over all locations as it was on a day of the brand, seen once a day by us: no provider tells the past.
create table inventory_daily (
  tenant_id uuid not null, brand_id uuid not null, day date not null, variant_id text not null,
  available bigint not null, on_hand bigint not null, incoming bigint not null,
  taken_at timestamptz not null,
  primary key (tenant_id, brand_id, day, variant_id),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
select protect_tenant_table('inventory_daily');
grant select, insert, update, delete on inventory_daily to pulsepoint_app;

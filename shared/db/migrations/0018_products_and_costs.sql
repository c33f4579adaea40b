-- What the goods of a day cost (null when the cost of any of its units is unknown) and what first orders brought.
alter table unified_performance add column cogs_micros bigint, add column new_net_micros bigint;

-- The store's daily figures by product, beside the read model and made with it. product_id '' : lines without a product.
create table product_performance (
  tenant_id uuid not null, brand_id uuid not null, day date not null, product_id text not null,
  currency text not null, orders bigint, units bigint,
  gross_micros bigint, discounts_micros bigint, returns_micros bigint, net_micros bigint, cogs_micros bigint,
  incomplete bigint not null default 0,
  primary key (tenant_id, brand_id, day, product_id),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
select protect_tenant_table('product_performance');
grant select, insert, update, delete on product_performance to pulsepoint_app;

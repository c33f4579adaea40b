-- An order's net split over what earned it, by every model at once: seven times the rows would take five times as long to
-- write (measured). entry 'sale' or 'return:<refund id>'; by each model the entries of an order sum to its net exactly.
create table order_credits (
  tenant_id uuid not null, brand_id uuid not null, order_id text not null,
  -- The touch's place in the order's window, from 1; 0 when there was none.
  entry text not null, position integer not null,
  bucket text not null check (bucket in ('campaign', 'unmatched_paid', 'organic', 'email', 'direct', 'no_journey')),
  provider text not null, campaign_id text not null,
  order_ledger_day date not null, touch_ledger_day date not null, currency text not null,
  -- The models that credit this touch, and what each gives it, in the same order.
  models text[] not null, orders numeric(12, 9)[] not null, new_customers numeric(12, 9)[] not null, net_micros bigint[] not null,
  primary key (tenant_id, brand_id, order_id, entry, position),
  foreign key (tenant_id, brand_id, order_id) references orders (tenant_id, brand_id, order_id) on delete cascade
);
create index order_credits_by_order_day on order_credits (tenant_id, brand_id, order_ledger_day);
create index order_credits_by_touch_day on order_credits (tenant_id, brand_id, touch_ledger_day);
select protect_tenant_table('order_credits');
grant select, insert, update, delete on order_credits to pulsepoint_app;
-- As in 0003: of a table that was never analysed the planner believes that tenant and brand find one row.
select pg_restore_attribute_stats('schemaname', 'public', 'relname', 'order_credits', 'attname', name, 'inherited', false,
  'null_frac', 0::real, 'avg_width', 16::integer, 'n_distinct', 1::real) from unnest(array['tenant_id', 'brand_id']) as name;

-- A row per model, for everybody who reads them. Credits that were there are made again with the next sync.
alter table order_attributions no force row level security;
alter table touched_days no force row level security;
insert into touched_days (tenant_id, brand_id, day, touched_at)
  select distinct tenant_id, brand_id, unnest(array[order_ledger_day, touch_ledger_day]), now() from order_attributions
on conflict do nothing;
alter table touched_days force row level security;
drop table order_attributions;
create view order_attributions with (security_invoker = true) as
  select c.tenant_id, c.brand_id, c.order_id, m.model, c.entry, c.position, c.bucket, c.provider, c.campaign_id,
    c.order_ledger_day, c.touch_ledger_day, m.orders, m.new_customers, m.net_micros, c.currency
  from order_credits c cross join lateral unnest(c.models, c.orders, c.new_customers, c.net_micros) as m (model, orders, new_customers, net_micros);
grant select on order_attributions to pulsepoint_app;

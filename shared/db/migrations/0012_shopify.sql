-- What a shop tells beyond orders and products: itself, how its orders were paid, and what their units cost then.

create table shops (
  tenant_id uuid not null, brand_id uuid not null, shop_id text not null,
  domain text not null, name text not null, currency text not null, time_zone text not null, plan text, taxes_included boolean not null,
  fetched_at timestamptz not null,
  primary key (tenant_id, brand_id, shop_id),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);

-- Payments and refunds of an order as the gateway told them, those of test gateways left out.
create table order_transactions (
  tenant_id uuid not null, brand_id uuid not null, order_id text not null, transaction_id text not null,
  kind text not null, status text not null, gateway text, processed_at timestamptz,
  amount_micros bigint not null,
  -- What the provider keeps of it; null where it does not say.
  fee_micros bigint,
  currency text not null,
  primary key (tenant_id, brand_id, order_id, transaction_id),
  foreign key (tenant_id, brand_id, order_id) references orders (tenant_id, brand_id, order_id) on delete cascade
);

-- The variant's unit cost when the line was first written, in the order's currency. Null is unknown, never 0.
alter table order_lines add column unit_cost_micros bigint;

do $$
declare name text;
begin
  foreach name in array array['shops', 'order_transactions'] loop
    perform protect_tenant_table(name::regclass);
    execute format('grant select, insert, update, delete on %I to pulsepoint_app', name);
    -- As in 0003: a table that was never analysed must not be read by any index that begins with tenant and brand.
    perform pg_restore_attribute_stats('schemaname', 'public', 'relname', name, 'attname', col,
      'inherited', false, 'null_frac', 0::real, 'avg_width', 16::integer, 'n_distinct', 1::real)
      from unnest(array['tenant_id', 'brand_id']) as col;
  end loop;
end $$;

-- Reference rates as the European Central Bank publishes them: public facts, so of no tenant. Units of the currency for one euro.
create table fx_rates (
  currency   text not null check (currency ~ '^[A-Z]{3}$' and currency <> base),
  day        date not null,
  base       text not null default 'EUR' check (base = 'EUR'),
  -- Neither NaN, which sorts above infinity, nor infinity.
  rate       numeric not null check (rate > 0 and rate < 'Infinity'),
  source     text not null default 'ECB' check (source = 'ECB'),
  fetched_at timestamptz not null,
  primary key (currency, day)
);
grant select on fx_rates to pulsepoint_app;

-- Written by one role, which sees nothing of tenants but which rates their figures were converted with.
grant usage on schema public to pulsepoint_rates;
grant select, insert, update on fx_rates to pulsepoint_rates;

-- The last rate at most seven days back: what one unit of the one currency is in the other. Both stand in the same day's
-- publication; a rate that is none of the bank's own is exact to thirty decimals, so that any bigint of micros is.
create function fx_quote(from_currency text, to_currency text, on_day date)
returns table (rate numeric, rate_day date, source text)
language sql stable parallel safe as $$
  select trim_scale(round(t.rate, 30) / f.rate), f.day, f.source
  from fx_rates f join fx_rates t on t.day = f.day and t.currency = to_currency
  where f.currency = from_currency and f.day between on_day - 7 and on_day
  union all
  select trim_scale(1.000000000000000000000000000000 / f.rate), f.day, f.source
  from fx_rates f where to_currency = f.base and f.currency = from_currency and f.day between on_day - 7 and on_day
  union all
  select t.rate, t.day, t.source
  from fx_rates t where from_currency = t.base and t.currency = to_currency and t.day between on_day - 7 and on_day
  order by 2 desc limit 1
$$;

-- The same as one value: null without a rate, 1 for the same currency.
create function fx_rate(from_currency text, to_currency text, on_day date) returns numeric
language sql stable parallel safe as $$
  select case when from_currency = to_currency then 1 else (select rate from fx_quote(from_currency, to_currency, on_day)) end
$$;

-- What the figures of a brand were converted with: a rate for each other currency on each day on which it has orders or ad
-- spend in it; a refund takes its order's. Without a rate (null) those rows stay unconverted and count as incomplete.
create table brand_rates (
  tenant_id uuid not null, brand_id uuid not null, day date not null, currency text not null,
  -- The brand's currency.
  base text not null check (base <> currency),
  -- Units of the base for one of the currency.
  rate numeric,
  -- When and by whom it was published.
  rate_day date, source text,
  check (num_nulls(rate, rate_day, source) in (0, 3)),
  primary key (tenant_id, brand_id, day, currency),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
select protect_tenant_table('brand_rates');
grant select, insert, update, delete on brand_rates to pulsepoint_app;
grant select (tenant_id, brand_id, day, currency, base, rate, rate_day) on brand_rates to pulsepoint_rates;
create policy compared on brand_rates for select to pulsepoint_rates using (true);

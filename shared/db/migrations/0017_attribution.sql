-- What a model learned from a brand's journeys: one fit a day at most. An order is credited by the fit in force on its day,
-- orders older than all fits by the first.
create table attribution_fits (
  tenant_id uuid not null, brand_id uuid not null, model text not null,
  -- The day, in the brand's zone, from which it is in force.
  fitted_on date not null,
  -- Which definition of the model made it.
  model_version text not null,
  -- Share of each channel, by channel (campaign/meta/120210, organic): they sum to 1.
  effects jsonb not null,
  -- Distinct paths, the orders that they led to, and the journeys without an order, which no connector tells.
  paths bigint not null, conversions bigint not null, null_paths bigint not null,
  primary key (tenant_id, brand_id, model, fitted_on),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
select protect_tenant_table('attribution_fits');
grant select, insert, update, delete on attribution_fits to pulsepoint_app;

-- Names that campaigns had before: an old link bears the name of its time. Each was valid until it was replaced, and from
-- when the one before it was; the newest stands in campaigns.
create table campaign_names (
  tenant_id uuid not null, brand_id uuid not null, provider text not null, campaign_id text not null,
  valid_until timestamptz not null, name text not null,
  primary key (tenant_id, brand_id, provider, campaign_id, valid_until),
  foreign key (tenant_id, brand_id, provider, campaign_id) references campaigns (tenant_id, brand_id, provider, campaign_id) on delete cascade
);
select protect_tenant_table('campaign_names');
grant select, insert, update, delete on campaign_names to pulsepoint_app;

-- A new name is seen when the campaign is fetched; where the platform says that it changed since the last time, it was then.
create function keep_campaign_name() returns trigger language plpgsql as $$
begin
  insert into campaign_names (tenant_id, brand_id, provider, campaign_id, valid_until, name)
  values (old.tenant_id, old.brand_id, old.provider, old.campaign_id,
    greatest(old.fetched_at, least(new.updated_at, new.fetched_at)), old.name)
  on conflict do nothing;
  return null;
end $$;
create trigger campaign_renamed after update on campaigns for each row when (old.name <> new.name) execute function keep_campaign_name();

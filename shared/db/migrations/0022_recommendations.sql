-- What a brand could do to earn more. A person accepts or dismisses it; nothing is ever changed on a platform by us.
create table recommendations (
  tenant_id         uuid not null,
  recommendation_id uuid not null,
  brand_id          uuid not null,
  kind              text not null check (kind in ('shift_budget', 'scale_budget', 'reduce_budget', 'pause_campaign', 'stock_conflict', 'tracking_gap')),
  -- What it is about, as a key: one open recommendation per cause.
  cause             text not null,
  status            text not null default 'open' check (status in ('open', 'accepted', 'dismissed', 'expired')),
  title             text not null,
  -- What to do, where, how it was computed, the evidence, what would prove it wrong.
  body              jsonb not null,
  -- Of 28 days; null where no effect can be computed.
  expected_low_micros bigint, expected_mid_micros bigint, expected_high_micros bigint,
  currency          text not null,
  basis             text not null check (basis in ('profit', 'revenue')),
  confidence        text not null check (confidence in ('low', 'medium', 'high')),
  created_at        timestamptz not null,
  -- When its figures were last computed.
  updated_at        timestamptz not null,
  decided_at        timestamptz,
  decided_by        uuid,
  dismiss_reason    text check (length(dismiss_reason) <= 1000),
  -- The campaigns 28 days before and after it was accepted.
  outcome           jsonb,
  outcome_measured_at timestamptz,
  primary key (tenant_id, recommendation_id),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade,
  foreign key (tenant_id, decided_by) references users (tenant_id, user_id) on delete set null (decided_by)
);
create unique index recommendations_one_per_cause on recommendations (tenant_id, cause) where status = 'open';
create index recommendations_by_brand on recommendations (tenant_id, brand_id, status);
create index recommendations_to_measure on recommendations (tenant_id, decided_at) where status = 'accepted' and outcome is null;
select protect_tenant_table('recommendations');
grant select, insert, update, delete on recommendations to pulsepoint_app;

-- When the rules last looked at a brand: they do so once an hour at most.
create table insight_runs (
  tenant_id uuid not null, brand_id uuid not null, last_run_at timestamptz not null,
  primary key (tenant_id, brand_id),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
select protect_tenant_table('insight_runs');
grant select, insert, update, delete on insight_runs to pulsepoint_app;

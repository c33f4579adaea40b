-- What is told in words: of a brand's day, of a recommendation, of an alert. A row is written, with the server's own sentences,
-- before a model is asked; whoever comes second finds it and asks nothing, so that each text is paid for once at most.
create table insights (
  tenant_id         uuid not null,
  insight_id        uuid not null,
  -- null: an alert of the whole tenant.
  brand_id          uuid,
  -- In the brand's zone. Of a summary: the day it is of. Else: the day on which the text was asked for.
  day               date not null,
  -- Neither: the summary of the day.
  recommendation_id uuid,
  alert_id          uuid,
  written_by        text not null default 'template' check (written_by in ('template', 'claude')),
  -- Why no model wrote it; null where one did, and until one has answered.
  reason            text,
  -- null: of a recommendation or an alert that no model has told; what its own row says is shown then.
  text              text check (length(text) <= 4000),
  -- Text, figures and names in their order, and the evidence.
  body              jsonb,
  -- null: no model was called.
  model             text,
  tokens_consumed   bigint not null default 0,
  -- null: the price of a model that was called is unknown.
  cost_usd          numeric default 0,
  written_at        timestamptz not null,
  primary key (tenant_id, insight_id),
  check (text is not null or (written_by = 'template' and num_nonnulls(recommendation_id, alert_id) = 1)),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade,
  foreign key (tenant_id, recommendation_id) references recommendations (tenant_id, recommendation_id) on delete cascade,
  foreign key (tenant_id, alert_id) references alerts (tenant_id, alert_id) on delete cascade
);
create unique index insights_of_days on insights (tenant_id, brand_id, day) where recommendation_id is null and alert_id is null;
create unique index insights_of_recommendations on insights (tenant_id, recommendation_id) where recommendation_id is not null;
create unique index insights_of_alerts on insights (tenant_id, alert_id) where alert_id is not null;
select protect_tenant_table('insights');
grant select, insert, update, delete on insights to pulsepoint_app;

-- When its figures last became others: a text of before then is not shown any more.
alter table recommendations add column changed_at timestamptz;

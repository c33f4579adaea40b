-- What people asked, and what they were told. A question is written before the model is called, so that none goes unrecorded.
create table ai_questions (
  tenant_id         uuid not null,
  question_id       uuid not null,
  -- null: about all of the tenant's brands.
  brand_id          uuid,
  asked_by          uuid,
  api_key_id        uuid,
  question_text     text not null check (length(question_text) <= 1000),
  question_category text not null,
  asked_at          timestamptz not null,
  -- Share of its ratings that are 4 or 5; null while nobody rated.
  accuracy_score    numeric(5, 4),
  -- Stored, because under row-level security @@ is a filter and never an index condition.
  words             tsvector not null generated always as (array_to_tsvector(search_words(question_text))) stored,
  primary key (tenant_id, question_id),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade,
  foreign key (tenant_id, asked_by) references users (tenant_id, user_id) on delete set null (asked_by)
);
create index ai_questions_by_time on ai_questions (tenant_id, asked_at desc, question_id desc);
create index ai_questions_by_person on ai_questions (tenant_id, asked_by, asked_at desc, question_id desc);
create index ai_questions_by_key on ai_questions (tenant_id, api_key_id, asked_at desc) where api_key_id is not null;
create index ai_questions_by_brand on ai_questions (tenant_id, brand_id, asked_at desc, question_id desc);
select protect_tenant_table('ai_questions');
grant select, insert, update, delete on ai_questions to pulsepoint_app;

create table ai_answers (
  tenant_id          uuid not null,
  question_id        uuid not null,
  status             text not null check (status in ('answered', 'clarification', 'refused', 'unavailable')),
  reason             text,
  answer_text        text not null check (length(answer_text) <= 4000),
  -- Text, figures and names in their order, what is known after a refusal, and the evidence: as the answer showed them.
  body               jsonb not null,
  -- null: no model was called.
  model              text,
  tokens_consumed    bigint not null,
  -- null: the price of some model that was called is unknown.
  cost_usd           numeric,
  generation_time_ms double precision not null,
  answered_at        timestamptz not null,
  -- The same question of the same data by the same rules has the same key; null: not to be given again.
  cache_key          text,
  -- The question whose answer was given again.
  cached_from        uuid,
  primary key (tenant_id, question_id),
  foreign key (tenant_id, question_id) references ai_questions (tenant_id, question_id) on delete cascade
);
create index ai_answers_to_give_again on ai_answers (tenant_id, cache_key, answered_at desc) where cache_key is not null;
select protect_tenant_table('ai_answers');
grant select, insert, update, delete on ai_answers to pulsepoint_app;

create table ai_feedback (
  tenant_id        uuid not null,
  question_id      uuid not null,
  -- A person's or an API key's id.
  provided_by      uuid not null,
  rating           smallint not null check (rating between 1 and 5),
  accuracy_comment text check (length(accuracy_comment) <= 500),
  was_actionable   boolean,
  provided_at      timestamptz not null,
  primary key (tenant_id, question_id, provided_by),
  foreign key (tenant_id, question_id) references ai_questions (tenant_id, question_id) on delete cascade
);
create index ai_feedback_by_time on ai_feedback (tenant_id, provided_at desc);
select protect_tenant_table('ai_feedback');
grant select, insert, update, delete on ai_feedback to pulsepoint_app;

-- One call of a model, failed and cut ones too. It is written with the reservation's end: a call is charged once.
create table ai_token_usage (
  tenant_id              uuid not null,
  call_id                uuid not null,
  question_id            uuid,
  brand_id               uuid,
  operation              text not null check (operation in ('dashboard_summary', 'ask_question', 'recommendations', 'alert_explanation')),
  model                  text not null,
  outcome                text not null check (outcome in ('complete', 'cut', 'failed')),
  -- Not in the cache; what the cache took and gave is counted apart.
  input_tokens           bigint not null,
  cache_write_5m_tokens  bigint not null,
  cache_write_1h_tokens  bigint not null,
  cache_read_tokens      bigint not null,
  output_tokens          bigint not null,
  -- null: the model's price is unknown, which is not 0.
  input_cost_usd         numeric,
  cache_cost_usd         numeric,
  output_cost_usd        numeric,
  total_cost_usd         numeric,
  called_at              timestamptz not null,
  primary key (tenant_id, call_id)
);
create index ai_token_usage_by_time on ai_token_usage (tenant_id, called_at desc);
create index ai_token_usage_by_question on ai_token_usage (tenant_id, question_id) where question_id is not null;
select protect_tenant_table('ai_token_usage');
grant select, insert, update, delete on ai_token_usage to pulsepoint_app;

-- What a tenant's calls cost in a month (UTC), and what calls under way may cost. A reservation whose call nobody settled
-- stays: the call may have cost as much.
create table ai_budgets (
  tenant_id    uuid not null references tenants (id),
  month        date not null,
  spent_usd    numeric not null default 0,
  reserved_usd numeric not null default 0,
  warned_at    timestamptz,
  stopped_at   timestamptz,
  primary key (tenant_id, month)
);
select protect_tenant_table('ai_budgets');
grant select, insert, update, delete on ai_budgets to pulsepoint_app;
create table ai_reservations (
  tenant_id uuid not null references tenants (id),
  call_id   uuid not null,
  month     date not null,
  usd       numeric not null,
  made_at   timestamptz not null,
  primary key (tenant_id, call_id)
);
select protect_tenant_table('ai_reservations');
grant select, insert, update, delete on ai_reservations to pulsepoint_app;

-- What all tenants' calls cost on a day (UTC): the platform tenant's own figures, spread so that nobody waits for a row.
create table ai_platform_cost (
  tenant_id  uuid not null references tenants (id),
  day        date not null,
  part       smallint not null,
  cost_usd   numeric not null default 0,
  primary key (tenant_id, day, part)
);
select protect_tenant_table('ai_platform_cost');
grant select, insert, update, delete on ai_platform_cost to pulsepoint_app;

-- USD for a million tokens, from a day on; a prompt of more than `prompt_over` tokens (with those of the cache) costs the band's
-- price. Public, so of no tenant. A model without a row costs "unknown". Source: Anthropic's price list, November 2026.
create table model_prices (
  model          text not null,
  valid_from     date not null,
  prompt_over    bigint not null default 0,
  input          numeric not null,
  cache_write_5m numeric not null,
  cache_write_1h numeric not null,
  cache_read     numeric not null,
  output         numeric not null,
  primary key (model, valid_from, prompt_over)
);
grant select on model_prices to pulsepoint_app;
insert into model_prices (model, valid_from, prompt_over, input, cache_write_5m, cache_write_1h, cache_read, output) values
  ('claude-opus-5-5', '2026-01-01', 0, 4, 5, 8, 0.20, 20),
  ('claude-sonnet-5-5', '2026-01-01', 0, 2, 2.50, 4, 0.20, 10),
  ('claude-sonnet-5-5', '2026-10-07', 0, 2, 2.50, 4, 0.10, 10),
  ('claude-haiku-5-5', '2026-01-01', 0, 0.10, 0.125, 0.20, 0.01, 0.50),
  ('claude-haiku-5-5', '2026-01-01', 100000, 0.50, 0.625, 1, 0.05, 2.50),
  ('claude-fable-5-1', '2026-01-01', 0, 10, 12.50, 20, 0.25, 50),
  ('claude-opus-5', '2026-01-01', 0, 5, 6.25, 10, 0.50, 25),
  ('claude-opus-4-8', '2026-01-01', 0, 5, 6.25, 10, 0.50, 25),
  ('claude-opus-4-7', '2026-01-01', 0, 5, 6.25, 10, 0.50, 25),
  ('claude-opus-4-6', '2026-01-01', 0, 5, 6.25, 10, 0.50, 25),
  ('claude-opus-4-5', '2026-01-01', 0, 5, 6.25, 10, 0.50, 25),
  ('claude-sonnet-5', '2026-01-01', 0, 2, 2.50, 4, 0.20, 10),
  ('claude-sonnet-4-6', '2026-01-01', 0, 3, 3.75, 6, 0.30, 15),
  ('claude-sonnet-4-5', '2026-01-01', 0, 3, 3.75, 6, 0.30, 15),
  ('claude-haiku-4-5', '2026-01-01', 0, 1, 1.25, 2, 0.10, 5);

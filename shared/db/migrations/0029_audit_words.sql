-- "Who asked what" by words: those of each question's fact, led by the tenant and newest last, because under row-level security @@ is a
-- filter and never an index condition, while = on text and comparisons of instants are both. Of several words the lists are merged.
-- Without foreign key: facts go by whole partitions. A word whose fact is gone leads nowhere, and goes with the night's chores.
create table audit_words (
  tenant_id   uuid not null,
  word        text collate "C" not null,
  -- The fact's timestamp, with its microseconds.
  recorded_at timestamptz not null,
  event_id    uuid not null,
  user_id     uuid,
  brand_id    uuid,
  primary key (tenant_id, word, recorded_at, event_id) include (user_id, brand_id)
);
select protect_tenant_table('audit_words');
grant select, insert, delete on audit_words to pulsepoint_app;

-- Whoever writes the fact writes its words; facts never change.
create function keep_audit_words() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into audit_words (tenant_id, word, recorded_at, event_id, user_id, brand_id)
    select new.tenant_id, word, new."timestamp", new.event_id, new.user_id, new.brand_id from unnest(tsvector_to_array(new.words)) as word;
  return null;
end $$;
create trigger question_asked after insert on observability_events
  for each row when (new.class = 'fact' and new.event_type = 'ai.question_asked') execute function keep_audit_words();

-- What was asked already: the owner is bound by the policy too while it is forced.
alter table observability_events no force row level security;
alter table audit_words no force row level security;
insert into audit_words (tenant_id, word, recorded_at, event_id, user_id, brand_id)
  select e.tenant_id, w.word, e."timestamp", e.event_id, e.user_id, e.brand_id from observability_events e
    cross join lateral unnest(tsvector_to_array(e.words)) as w (word)
  where e.class = 'fact' and e.event_type = 'ai.question_asked';
alter table audit_words force row level security;
alter table observability_events force row level security;

-- Sign-ins that failed, counted per user: so many in a row close the door for a while, also to the right password.
alter table users
  add column failed_sign_ins smallint not null default 0,
  add column failing_since timestamptz,
  add column locked_until timestamptz;

alter table sessions add column refreshed_at timestamptz;
create index sessions_of_user on sessions (tenant_id, user_id, session_id desc);

-- Refresh tokens that a session has already exchanged: a second use of one means that somebody else has it.
create table used_refresh_tokens (
  tenant_id   uuid not null,
  session_id  uuid not null,
  secret_hash text not null,
  used_at     timestamptz not null,
  primary key (tenant_id, session_id, secret_hash),
  foreign key (tenant_id, session_id) references sessions (tenant_id, session_id) on delete cascade
);
select protect_tenant_table('used_refresh_tokens');
grant select, insert, delete on used_refresh_tokens to pulsepoint_app;

-- What a letter's link proves: each is good for one act of one user, once.
create table one_time_tokens (
  tenant_id   uuid not null,
  token_id    uuid not null,
  user_id     uuid not null,
  purpose     text not null check (purpose in ('password_reset', 'invitation')),
  secret_hash text not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  primary key (tenant_id, token_id),
  foreign key (tenant_id, user_id) references users (tenant_id, user_id) on delete cascade
);
create index one_time_tokens_of_user on one_time_tokens (tenant_id, user_id, purpose);
select protect_tenant_table('one_time_tokens');
grant select, insert, delete on one_time_tokens to pulsepoint_app;

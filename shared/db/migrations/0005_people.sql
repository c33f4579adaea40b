-- null: invited, and no password chosen yet, so nobody can sign in as them.
alter table users alter column hashed_password drop not null;

-- Keys of machines. Only a hash of the secret is kept; created_by outlives the user, as the audit trail does.
create table api_keys (
  tenant_id    uuid not null references tenants (id),
  api_key_id   uuid not null,
  name         text not null check (length(name) between 1 and 100),
  secret_hash  text not null,
  scopes       text[] not null check (cardinality(scopes) > 0 and scopes <@ array['brands:read', 'brands:write',
    'integrations:manage', 'ai:ask', 'recommendations:act', 'admin:manage']),
  created_by   uuid not null,
  created_at   timestamptz not null,
  last_used_at timestamptz,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  primary key (tenant_id, api_key_id)
);
select protect_tenant_table('api_keys');
grant select, insert, update, delete on api_keys to pulsepoint_app;

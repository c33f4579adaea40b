-- Days whose credits are right and whose read model is not yet: orders of other days were credited to visits of theirs, or
-- refunded on them. They are made again together, once no day is left to credit, however many orders changed them.
create table stale_days (
  tenant_id uuid not null, brand_id uuid not null, day date not null,
  primary key (tenant_id, brand_id, day),
  foreign key (tenant_id, brand_id) references brands (tenant_id, brand_id) on delete cascade
);
select protect_tenant_table('stale_days');
grant select, insert, delete on stale_days to pulsepoint_app;

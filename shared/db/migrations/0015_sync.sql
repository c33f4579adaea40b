-- A provider that is still at work (a report, an export) is asked again no sooner than this; other streams go on.
alter table sync_state add column wait_until timestamptz;

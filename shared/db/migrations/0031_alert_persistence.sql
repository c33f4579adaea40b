-- How long a breach must last, where a tenant says otherwise: in `needed` of the last `of_last` windows. Null is the default.
alter table alert_rules
  add column needed smallint check (needed > 0),
  add column of_last smallint check (of_last > 0);

--! backfill import
drop function locations_in_use(uuid[]);
drop function customers_in_use(uuid[]);
drop table import_deed;
-- What was stopped or undone is done with.
update import set status = 'done' where status in ('paused', 'cancelled', 'undoing', 'undone');
alter table import
  drop constraint import_status,
  add constraint import_status check (status in ('uploaded', 'checking', 'checked', 'running', 'done')),
  drop column undone_to,
  drop column deeds,
  drop column kept,
  drop column taken_back;

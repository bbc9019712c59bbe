-- A note of the team can be pinned, corrected and removed; whatever else stands among it happened and stays.
--! grant timeline_entry: select, insert, delete, update(customer_id, detail, pinned_at, version, updated_at)
alter table timeline_entry add column pinned_at timestamptz;
alter table timeline_entry add column version bigint not null default 1;
alter table timeline_entry add column updated_at timestamptz;
alter table timeline_entry add constraint timeline_entry_stays
  check (kind = 'note' or (pinned_at is null and updated_at is null and version = 1));
create index timeline_entry_pinned on timeline_entry (tenant_id, customer_id, pinned_at) where pinned_at is not null;
-- What the program tells by itself it does not change, so only notes have a history of their own.
create trigger remember after insert or update on timeline_entry for each row when (new.kind = 'note') execute function remember('customer_id');
create trigger remember_removed after delete on timeline_entry for each row when (old.kind = 'note') execute function remember('customer_id');

drop trigger remember_removed on timeline_entry;
drop trigger remember on timeline_entry;
drop index timeline_entry_pinned;
alter table timeline_entry drop constraint timeline_entry_stays;
alter table timeline_entry drop column updated_at, drop column version, drop column pinned_at;

drop index time_entry_running;
alter table time_entry drop constraint time_entry_placed;

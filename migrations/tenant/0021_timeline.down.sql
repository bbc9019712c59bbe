drop table timeline_entry;

alter table line_item drop column cost_minor;
drop table time_entry;
alter table technician drop column cost_minor;

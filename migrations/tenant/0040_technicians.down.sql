drop table time_off;
drop table shift;
drop table item_skill;
drop table technician_skill;
drop table skill;
drop table technician;

--! backfill occupancy
delete from occupancy where kind = 'busy';
drop table busy_calendar;
drop table busy_time;

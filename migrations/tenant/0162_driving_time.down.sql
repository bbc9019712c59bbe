drop table driving_time;

drop table appointment;

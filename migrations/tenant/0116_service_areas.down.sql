drop table appointment_why;
drop table item_scheduling;
drop table scheduling_rule;
drop table travel_time;
drop table technician_area;
drop table service_area;

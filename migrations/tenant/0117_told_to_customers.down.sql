drop table visit_told;
drop table visit_message;
alter table scheduling_rule drop column move_hours;
alter table scheduling_rule drop column cancel_hours;
alter table appointment drop column cancelled_by;

alter table appointment_why drop constraint appointment_why_others;
alter table appointment_why drop column others;

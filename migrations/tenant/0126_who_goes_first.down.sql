alter table scheduling_rule drop column first_goes;

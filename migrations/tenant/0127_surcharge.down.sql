alter table visit_terms drop column surcharge_minor, drop column surcharge_name;
drop table surcharge;

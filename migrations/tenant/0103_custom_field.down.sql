alter table customer drop column custom;
drop table custom_field;

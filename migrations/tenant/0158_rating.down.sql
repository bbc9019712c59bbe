alter table visit_message drop column ask_hours, drop column low_stars;
drop table rating;

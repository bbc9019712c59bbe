drop table visit_photo;

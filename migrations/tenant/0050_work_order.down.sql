drop table photo;
drop table order_note;
drop table line_item;
drop table work_order;
drop table work_order_counter;

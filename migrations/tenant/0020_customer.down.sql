drop table location;
drop table contact;
drop table customer_word;
drop table customer;
drop table customer_counter;

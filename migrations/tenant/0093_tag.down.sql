drop trigger tags_follow on customer;
drop function tags_follow();
drop table customer_tag;
alter table customer drop column tags;
drop table tag;

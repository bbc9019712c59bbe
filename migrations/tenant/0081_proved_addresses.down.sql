drop table reset_request;
drop table mail_link;
alter table invitation drop column mailed;
alter table session drop column agent;
alter table member drop column email_verified_at;

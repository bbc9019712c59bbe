drop table ctl.mail_domain;

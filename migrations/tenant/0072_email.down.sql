drop table email_key;
drop table email_setting;
drop table email_block;
drop table email_attachment;
drop table email;

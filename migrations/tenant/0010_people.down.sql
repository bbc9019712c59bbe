drop table invitation;
drop table refresh_token;
drop table api_key;
drop table session;
drop table member;
drop table role_permission;
drop table role;

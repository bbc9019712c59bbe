drop table device;
drop table half_sign_in;
drop table recovery_code;
drop table second_factor;

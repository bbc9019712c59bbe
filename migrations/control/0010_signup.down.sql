drop table ctl.signup;

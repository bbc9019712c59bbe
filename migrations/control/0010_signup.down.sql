drop index ctl.tenant_updated;
drop table ctl.signup;

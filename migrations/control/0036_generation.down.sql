revoke select on ctl.signup, ctl.membership from tw_backup;
drop trigger host_counted on ctl.host;
drop trigger tenant_counted on ctl.tenant;
drop function ctl.count_change();
drop table ctl.generation;

drop index ctl.tenant_by_name;
drop table ctl.operator_visit;
drop table ctl.operator_session;
drop table ctl.operator_code;
drop table ctl.operator;

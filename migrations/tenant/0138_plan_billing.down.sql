drop table plan_period;
drop table plan_billing;
drop table maintenance_rest;

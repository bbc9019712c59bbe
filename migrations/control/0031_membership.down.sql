drop table ctl.membership;

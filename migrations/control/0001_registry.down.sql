-- Nothing is left to go back to before the registry: the runner's own ledger goes last.
drop table ops.turn, ops.cron, ops.job, ops.outbox;
drop table ctl.host, ctl.tenant, ctl.migration_failure, ctl.migration;

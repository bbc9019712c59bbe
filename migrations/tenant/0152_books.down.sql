drop trigger remember on ledger_account;
alter table ledger_account drop column version, drop column updated_at;
drop trigger voucher_period_is_open on voucher;
drop function voucher_period_is_open();
drop table ledger_close;

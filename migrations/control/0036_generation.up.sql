-- Which state of the registry this is, so that a process knows when what it remembers of companies and their addresses is old.
-- A number that grows says more than the newest `updated_at` does: clocks differ, and commits come in another order than times.
create table ctl.generation (
  one boolean primary key default true check (one),
  number bigint not null default 1
);
insert into ctl.generation default values;

-- At COMMIT, in the same transaction: who changes the registry waits there for who did before, so whoever reads a number
-- sees all that was changed up to it. Put off until then, the wait is short however long a transaction was.
create function ctl.count_change() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  update ctl.generation set number = number + 1 where one;
  return null;
end $$;
revoke execute on function ctl.count_change() from public;
create constraint trigger tenant_counted after insert or update or delete on ctl.tenant
  deferrable initially deferred for each row execute function ctl.count_change();
create constraint trigger host_counted after insert or update or delete on ctl.host
  deferrable initially deferred for each row execute function ctl.count_change();

grant select, update on ctl.generation to tw_control;
grant select on ctl.generation to tw_backup;

-- A dump reads every table of the registry; two that came later were out of its reach.
grant select on ctl.signup, ctl.membership to tw_backup;

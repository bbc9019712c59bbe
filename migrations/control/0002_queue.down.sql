alter table ops.outbox reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
alter table ops.job reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
drop index ops.outbox_replay;
drop index ops.outbox_waiting;
create index outbox_waiting on ops.outbox (id) where relayed_at is null;
drop table ops.relay;

create table ops.turn (
  tenant_id uuid primary key,
  served_at timestamptz not null default now()
);
alter table ops.turn enable row level security;
alter table ops.turn force row level security;
create policy claim on ops.turn to tw_job using (true) with check (true);
grant select, insert, update, delete on ops.turn to tw_job;
grant select on ops.turn to tw_backup;

drop index ops.job_dead;
drop index ops.job_done;
drop index ops.job_later;
drop index ops.job_ready;
drop index ops.job_key;
-- Of two that wait under one key the planned one goes: there was room for one.
delete from ops.job j where state = 'later' and exists (
  select from ops.job t where t.tenant_id = j.tenant_id and t.kind = j.kind and t.key = j.key and t.state = 'ready');
update ops.job set state = 'ready' where state = 'later';
alter table ops.job drop constraint job_state_known;
alter table ops.job add constraint job_state_check check (state in ('ready', 'running', 'done', 'dead'));
create unique index job_key on ops.job (tenant_id, kind, key) where state = 'ready';
create index job_ready on ops.job (run_at, id) where state = 'ready';
create index job_tenant on ops.job (tenant_id, state, run_at);

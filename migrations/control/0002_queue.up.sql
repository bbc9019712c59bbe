-- The queue's order and the numbers of events. Due work is `ready`, work for later is `later`, so that looking for the
-- next tenant with something to do steps from tenant to tenant and never over work whose time has not come.
alter table ops.job drop constraint job_state_check;
alter table ops.job add constraint job_state_known check (state in ('ready', 'later', 'running', 'done', 'dead'));

drop index ops.job_key;
drop index ops.job_ready;
drop index ops.job_tenant;
-- One that is due and one that is planned may wait beside each other: planned work must not swallow urgent work.
create unique index job_key on ops.job (tenant_id, kind, key, state) where key is not null and state in ('ready', 'later');
create index job_ready on ops.job (tenant_id, run_at, id) where state = 'ready';
create index job_later on ops.job (run_at) where state = 'later';
create index job_done on ops.job (finished_at) where state = 'done';
create index job_dead on ops.job (finished_at) where state = 'dead';

-- Fair turns need no table: a worker goes round the tenants in the order of `job_ready`.
drop table ops.turn;

-- The number of the last event that was relayed, in one line. Whoever holds its lock is the relay: numbers become
-- visible in their order and without gaps, which no sequence promises.
create table ops.relay (
  one boolean primary key default true check (one),
  seq bigint not null default 0
);
insert into ops.relay (one) values (true);
alter table ops.relay enable row level security;
alter table ops.relay force row level security;
create policy claim on ops.relay to tw_job using (true) with check (true);
grant select, update on ops.relay to tw_job;
grant select on ops.relay to tw_backup;

drop index ops.outbox_waiting;
create index outbox_waiting on ops.outbox (id) where seq is null;
-- What a screen that was away for a moment asks for.
create index outbox_replay on ops.outbox (tenant_id, seq) where seq is not null;
-- Rows change state a few times and go: what they leave behind would lie in the way of the next claim.
alter table ops.job set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
alter table ops.outbox set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);

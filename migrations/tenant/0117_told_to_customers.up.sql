-- What customers are told of their visits, and what they may do with them by themselves.
--! backfill appointment
--! grant visit_told: select, insert
--! grant appointment: select, insert, delete, update(customer_id, location_id, item_id, technician_id, title, problem, starts_at, ends_at, window_starts, window_ends, status, expires_at, token_hash, en_route_at, arrived_at, completed_at, cancelled_at, cancel_reason, cancelled_by, buffer_before, buffer_after, overlap_id, version, updated_at)

alter table appointment add column cancelled_by text;
update appointment set cancelled_by = 'company' where status = 'cancelled';
alter table appointment add constraint appointment_cancelled_by check (cancelled_by in ('customer', 'company') and (cancelled_by is null or status = 'cancelled'));

-- Customers move and cancel by themselves until so many hours before; a year: not at all.
alter table scheduling_rule add column move_hours integer not null default 24;
alter table scheduling_rule add column cancel_hours integer not null default 24;
alter table scheduling_rule add constraint scheduling_rule_changes check (move_hours between 0 and 8760 and cancel_hours between 0 and 8760);

create table visit_message (
  tenant_id uuid not null default wall.current_tenant(),
  -- Which are not sent, and what is said besides.
  silent text[] not null,
  words jsonb not null,
  reminder_hours integer not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint visit_message_pkey primary key (tenant_id),
  constraint visit_message_reminder check (reminder_hours between 1 and 336),
  constraint visit_message_words check (jsonb_typeof(words) = 'object' and length(words::text) <= 8000)
);

-- What was told already: once of a kind for each time that a visit has.
create table visit_told (
  tenant_id uuid not null default wall.current_tenant(),
  appointment_id uuid not null,
  kind text not null,
  starts_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint visit_told_pkey primary key (tenant_id, appointment_id, kind, starts_at),
  constraint visit_told_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id) on delete cascade
);
select ctl.within_reach(current_schema(), 'visit_told', 'appointment', 'appointment_id in (select reached_appointment())');

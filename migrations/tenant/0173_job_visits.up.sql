-- Several visits of one job: found, parts ordered, repaired. One scope, one set of lines, one invoice.
--! backfill work_order, appointment, signature
--! grant work_order_visit: select, insert, update(status, begun_at, again_for)

-- Whose visit it is, and the which of the job. A table beside the calendar, and not a column of it: scheduling has never
-- heard of jobs. `work_order.appointment_id` stays, and is the visit that counts now (work: visit/rule.rs).
-- Ids, the order, and how far each is: reach itself is read of it, and whoever comes to one visit must know of the others
-- before they end the job. What was said, and who comes when, stands in tables that are held to reach.
create table work_order_visit (
  tenant_id uuid not null default wall.current_tenant(),
  appointment_id uuid not null,
  order_id uuid not null,
  nth integer not null,
  -- That of the visit, kept by a trigger of the calendar.
  status text not null,
  -- When somebody began to work at it.
  begun_at timestamptz,
  -- It ended, and somebody has to come again: what for.
  again_for text,
  created_at timestamptz not null,
  created_by uuid,
  constraint work_order_visit_pkey primary key (tenant_id, appointment_id),
  constraint work_order_visit_nth_once unique (tenant_id, order_id, nth),
  constraint work_order_visit_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id),
  constraint work_order_visit_order foreign key (tenant_id, order_id) references work_order (tenant_id, id),
  constraint work_order_visit_nth check (nth >= 1),
  constraint work_order_visit_again check (again_for in ('parts', 'customer', 'approval', 'weather', 'other'))
);

insert into work_order_visit (tenant_id, appointment_id, order_id, nth, status, begun_at, created_at, created_by)
select w.tenant_id, w.appointment_id, w.id, 1, a.status, w.started_at, w.created_at, w.created_by
from work_order w join appointment a on a.tenant_id = w.tenant_id and a.id = w.appointment_id;

create function first_visit_of_job() returns trigger language plpgsql set search_path from current as $$
begin
  insert into work_order_visit (tenant_id, appointment_id, order_id, nth, status, created_at, created_by)
  select new.tenant_id, a.id, new.id, 1, a.status, new.created_at, new.created_by
  from appointment a where a.tenant_id = new.tenant_id and a.id = new.appointment_id;
  return null;
end $$;
revoke execute on function first_visit_of_job() from public;
create trigger first_visit_of_job after insert on work_order for each row
  when (new.appointment_id is not null) execute function first_visit_of_job();

create function visit_of_job_follows() returns trigger language plpgsql set search_path from current as $$
begin
  update work_order_visit set status = new.status where tenant_id = new.tenant_id and appointment_id = new.id;
  return null;
end $$;
revoke execute on function visit_of_job_follows() from public;
create trigger visit_of_job_follows after update of status on appointment for each row
  when (new.status is distinct from old.status) execute function visit_of_job_follows();

-- In which visit it was written or signed; none where that is not known.
alter table order_note add column appointment_id uuid;
alter table order_note add constraint order_note_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id);
create index order_note_by_appointment on order_note (tenant_id, appointment_id);
alter table signature add column appointment_id uuid;
alter table signature add constraint signature_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id);
create index signature_by_appointment on signature (tenant_id, appointment_id);
update signature s set appointment_id = w.appointment_id from work_order w where w.tenant_id = s.tenant_id and w.id = s.order_id and w.appointment_id is not null;

-- Whoever comes to one of its visits reaches the job.
create function reached_by_visit() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query select v.order_id from work_order_visit v
    where v.tenant_id = wall.current_tenant() and v.appointment_id in (select reached_visit());
end $$;
revoke execute on function reached_by_visit() from public;
create or replace function reached_order() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query
    select w.id from work_order w
    where w.tenant_id = wall.current_tenant() and w.technician_id in (select reached_lane('work_order'))
    union
    select w.id from work_order w
    where w.tenant_id = wall.current_tenant() and w.appointment_id in (select reached_visit())
    union
    select reached_by_visit();
end $$;
drop policy reach on work_order;
select ctl.within_reach(current_schema(), 'work_order', 'work_order',
  'technician_id in (select reached_lane(''work_order'')) or appointment_id in (select reached_visit()) or id in (select reached_by_visit())');

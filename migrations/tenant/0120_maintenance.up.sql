-- Maintenance plans: visits that come round. When they fall due is worked out from where the plan began, which never changes; what
-- was booked, moved or skipped of it stands in a row of its own, by the day on which the visit falls due.
--! grant maintenance_plan: select, insert, update(customer_id, location_id, item_id, technician_id, note, rule, begins, ends_on, months, leeway_days, holidays, status, next_due, trouble, retry_at, version, updated_at)
--! grant maintenance_visit: select, insert, delete, update(plan_id, due_on, state, moved_on, moved_to, technician_id, planned_at, appointment_id, why, version, updated_at)

create table maintenance_plan (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  location_id uuid not null,
  item_id uuid not null,
  -- Who is sent where they are free; otherwise the visit waits in the tray.
  technician_id uuid,
  note text,
  -- RFC 5545, without a beginning, an end and a time of day, which stand beside it.
  rule text not null,
  -- IANA's name of the clock that counts.
  zone text not null,
  starts_on date not null,
  begins time not null,
  ends_on date,
  -- The months in which visits are made; none: all of them.
  months integer[] not null default '{}',
  leeway_days integer not null default 0,
  holidays text not null,
  status text not null,
  -- The next day that falls due and has no visit yet.
  next_due date,
  -- Why no visit could be made of late, and when it is tried again.
  trouble text,
  retry_at timestamptz,
  -- The plan of which this one is the rest, changed from some day on.
  follows_id uuid,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint maintenance_plan_pkey primary key (tenant_id, id),
  constraint maintenance_plan_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint maintenance_plan_location foreign key (tenant_id, location_id) references location (tenant_id, id),
  constraint maintenance_plan_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint maintenance_plan_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint maintenance_plan_follows foreign key (tenant_id, follows_id) references maintenance_plan (tenant_id, id),
  constraint maintenance_plan_note check (length(note) between 1 and 2000),
  constraint maintenance_plan_rule check (length(rule) between 1 and 200),
  constraint maintenance_plan_zone check (length(zone) between 1 and 64),
  constraint maintenance_plan_end check (ends_on >= starts_on - 1),
  constraint maintenance_plan_months check (months <@ array[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] and cardinality(months) <= 12),
  constraint maintenance_plan_leeway check (leeway_days between 0 and 14),
  constraint maintenance_plan_holidays check (holidays in ('work', 'skip', 'move')),
  constraint maintenance_plan_status check (status in ('active', 'paused', 'ended')),
  constraint maintenance_plan_trouble check (length(trouble) between 1 and 500)
);
create index maintenance_plan_by_customer on maintenance_plan (tenant_id, customer_id, id);
create index maintenance_plan_by_location on maintenance_plan (tenant_id, location_id);
create index maintenance_plan_by_item on maintenance_plan (tenant_id, item_id);
create index maintenance_plan_by_technician on maintenance_plan (tenant_id, technician_id);
create index maintenance_plan_by_follows on maintenance_plan (tenant_id, follows_id);
create index maintenance_plan_by_status on maintenance_plan (tenant_id, status, id);
create index maintenance_plan_next on maintenance_plan (tenant_id, next_due, id) where status = 'active';
create index maintenance_plan_last on maintenance_plan (tenant_id, ends_on, id) where status = 'active';
create trigger remember after insert or update or delete on maintenance_plan for each row execute function remember();
create trigger customer_is_here before insert or update of customer_id on maintenance_plan for each row execute function customer_is_here();

create table maintenance_visit (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  plan_id uuid not null,
  -- By the plan, whatever became of it.
  due_on date not null,
  state text not null,
  moved_on date,
  moved_to time,
  technician_id uuid,
  -- When the appointment was to begin as it was booked: whoever moves it on the board means it.
  planned_at timestamptz,
  appointment_id uuid,
  why text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint maintenance_visit_pkey primary key (tenant_id, id),
  constraint maintenance_visit_once unique (tenant_id, plan_id, due_on),
  constraint maintenance_visit_plan foreign key (tenant_id, plan_id) references maintenance_plan (tenant_id, id),
  constraint maintenance_visit_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id) on delete cascade,
  constraint maintenance_visit_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint maintenance_visit_state check (state in ('changed', 'booked', 'skipped')),
  constraint maintenance_visit_booked check ((state = 'booked') = (appointment_id is not null) or state = 'skipped'),
  constraint maintenance_visit_why check (length(why) between 1 and 200)
);
create index maintenance_visit_by_appointment on maintenance_visit (tenant_id, appointment_id);
create index maintenance_visit_by_technician on maintenance_visit (tenant_id, technician_id);
create trigger remember after insert or update or delete on maintenance_visit for each row execute function remember('plan_id');

create function reached_plan() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query select p.id from maintenance_plan p
    where p.tenant_id = wall.current_tenant() and p.customer_id in (select reached_customer());
end $$;
revoke execute on function reached_plan() from public;
select
  ctl.within_reach(current_schema(), 'maintenance_plan', 'customer', 'customer_id in (select reached_customer())'),
  ctl.within_reach(current_schema(), 'maintenance_visit', 'customer', 'plan_id in (select reached_plan())');

alter table appointment drop constraint appointment_source;
alter table appointment add constraint appointment_source check (source in ('office', 'online', 'api', 'plan'));

-- For whom a plan runs is not removed when an import is undone, nor the place it is about.
create or replace function customers_in_use(ids uuid[]) returns setof uuid language plpgsql stable rows 100 as $$
begin
  return query
    select a.customer_id from appointment a where a.tenant_id = wall.current_tenant() and a.customer_id = any (ids)
    union select w.customer_id from work_order w where w.tenant_id = wall.current_tenant() and w.customer_id = any (ids)
    union select i.customer_id from invoice i where i.tenant_id = wall.current_tenant() and i.customer_id = any (ids)
    union select p.customer_id from payment p where p.tenant_id = wall.current_tenant() and p.customer_id = any (ids)
    union select e.customer_id from equipment e where e.tenant_id = wall.current_tenant() and e.customer_id = any (ids)
    union select s.customer_id from consent s where s.tenant_id = wall.current_tenant() and s.customer_id = any (ids)
    union select t.customer_id from timeline_entry t where t.tenant_id = wall.current_tenant() and t.customer_id = any (ids) and t.kind = 'note'
    union select m.customer_id from customer_merge m where m.tenant_id = wall.current_tenant() and m.customer_id = any (ids)
    union select m.gone_id from customer_merge m where m.tenant_id = wall.current_tenant() and m.gone_id = any (ids)
    union select r.customer_id from customer_relation r where r.tenant_id = wall.current_tenant() and r.customer_id = any (ids)
    union select r.other_id from customer_relation r where r.tenant_id = wall.current_tenant() and r.other_id = any (ids)
    union select f.customer_id from customer_file f where f.tenant_id = wall.current_tenant() and f.customer_id = any (ids)
    union select n.customer_id from maintenance_plan n where n.tenant_id = wall.current_tenant() and n.customer_id = any (ids);
end $$;
create or replace function locations_in_use(ids uuid[]) returns setof uuid language plpgsql stable rows 100 as $$
begin
  return query
    select a.location_id from appointment a where a.tenant_id = wall.current_tenant() and a.location_id = any (ids)
    union select w.location_id from work_order w where w.tenant_id = wall.current_tenant() and w.location_id = any (ids)
    union select e.location_id from equipment e where e.tenant_id = wall.current_tenant() and e.location_id = any (ids)
    union select f.location_id from customer_file f where f.tenant_id = wall.current_tenant() and f.location_id = any (ids)
    union select n.location_id from maintenance_plan n where n.tenant_id = wall.current_tenant() and n.location_id = any (ids);
end $$;

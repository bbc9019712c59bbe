-- Whose time is taken, by what: one row for each stretch, whatever takes it, and one constraint over all of them, so that nobody and
-- nothing is in two places, by whichever door. The rows follow their appointments, days off and resources by triggers: no statement
-- can forget them, and a visit of several people and days holds all its rows or none.
--! backfill technician, appointment, time_off
--! grant resource: select, insert, update(name, name_key, note, active, version, updated_at)
--! grant overlap: select, insert
--! grant appointment_resource: select, insert, delete
--! grant appointment_day: select, insert, delete
--! grant occupancy: select, insert, delete, update(kind)
--! grant appointment: select, insert, delete, update(customer_id, location_id, item_id, technician_id, title, problem, starts_at, ends_at, window_starts, window_ends, status, expires_at, token_hash, en_route_at, arrived_at, completed_at, cancelled_at, cancel_reason, buffer_before, buffer_after, overlap_id, version, updated_at)

-- Whoever or whatever can be planned: technicians, under their own ids, and vehicles and tools.
create table resource (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  kind text not null,
  name text not null,
  name_key text not null,
  note text,
  active boolean not null default true,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint resource_pkey primary key (tenant_id, id),
  constraint resource_kind check (kind in ('technician', 'vehicle', 'tool')),
  constraint resource_name check (length(name) between 1 and 120),
  constraint resource_note check (length(note) between 1 and 500)
);
create unique index resource_name_once on resource (tenant_id, kind, name_key) where kind <> 'technician';
create index resource_by_name on resource (tenant_id, kind, name, id);
create trigger remember after insert or update or delete on resource for each row when (pg_trigger_depth() = 0) execute function remember();

create function technician_is_resource() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    insert into resource (tenant_id, id, kind, name, name_key, active, created_at, updated_at, created_by)
    values (new.tenant_id, new.id, 'technician', new.name, lower(new.name), new.active, new.created_at, new.updated_at, new.created_by);
  else
    update resource set name = new.name, name_key = lower(new.name), active = new.active, updated_at = new.updated_at
    where tenant_id = new.tenant_id and id = new.id;
  end if;
  return null;
end $$;
revoke execute on function technician_is_resource() from public;
insert into resource (tenant_id, id, kind, name, name_key, active, created_at, updated_at, created_by)
select tenant_id, id, 'technician', name, lower(name), active, created_at, updated_at, created_by from technician;
create trigger technician_is_resource after insert or update of name, active on technician for each row execute function technician_is_resource();

-- Who let two things happen at once, and why.
create table overlap (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  reason text not null,
  author text not null,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint overlap_pkey primary key (tenant_id, id),
  constraint overlap_reason check (length(reason) between 1 and 200)
);

alter table appointment add column buffer_before integer not null default 0;
alter table appointment add column buffer_after integer not null default 0;
alter table appointment add column overlap_id uuid;
alter table appointment add constraint appointment_around check (buffer_before between 0 and 480 and buffer_after between 0 and 480);
alter table appointment add constraint appointment_overlap foreign key (tenant_id, overlap_id) references overlap (tenant_id, id);
create index appointment_by_overlap on appointment (tenant_id, overlap_id);

-- Who and what goes along with the technician of the appointment. Ids alone, so it is held to no reach: what is reached of
-- appointments is asked here, and whoever moves one must not lose those whom they do not see.
create table appointment_resource (
  tenant_id uuid not null default wall.current_tenant(),
  appointment_id uuid not null,
  resource_id uuid not null,
  created_at timestamptz not null default now(),
  constraint appointment_resource_pkey primary key (tenant_id, appointment_id, resource_id),
  constraint appointment_resource_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id) on delete cascade,
  constraint appointment_resource_resource foreign key (tenant_id, resource_id) references resource (tenant_id, id)
);
create index appointment_resource_by_resource on appointment_resource (tenant_id, resource_id, appointment_id);

-- The days of the appointment after its first.
create table appointment_day (
  tenant_id uuid not null default wall.current_tenant(),
  appointment_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint appointment_day_pkey primary key (tenant_id, appointment_id, starts_at),
  constraint appointment_day_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id) on delete cascade,
  constraint appointment_day_length check (starts_at < ends_at and ends_at - starts_at <= interval '24 hours')
);

create table occupancy (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  resource_id uuid not null,
  -- An appointment's status, or what else takes the time.
  kind text not null,
  appointment_id uuid,
  time_off_id uuid,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  during tstzrange not null generated always as (tstzrange(starts_at, ends_at, '[)')) stored,
  overlap_id uuid,
  constraint occupancy_pkey primary key (tenant_id, id),
  constraint occupancy_resource foreign key (tenant_id, resource_id) references resource (tenant_id, id),
  constraint occupancy_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id) on delete cascade,
  constraint occupancy_time_off foreign key (tenant_id, time_off_id) references time_off (tenant_id, id) on delete cascade,
  constraint occupancy_overlap foreign key (tenant_id, overlap_id) references overlap (tenant_id, id),
  constraint occupancy_kind check (kind in ('held', 'requested', 'confirmed', 'en_route', 'on_site', 'completed', 'travel', 'buffer', 'time_off', 'on_call', 'busy')),
  constraint occupancy_length check (starts_at < ends_at),
  constraint occupancy_of_one check (num_nonnulls(appointment_id, time_off_id) <= 1),
  -- Whoever is on call may be sent somewhere.
  constraint occupancy_no_overlap exclude using gist (tenant_id with =, resource_id with =, during with &&)
    where (overlap_id is null and kind <> 'on_call')
);
create index occupancy_by_resource on occupancy (tenant_id, resource_id, ends_at);
create index occupancy_by_start on occupancy (tenant_id, starts_at);
create index occupancy_by_end on occupancy (tenant_id, ends_at) where kind in ('time_off', 'on_call', 'busy');
create index occupancy_by_appointment on occupancy (tenant_id, appointment_id);
create index occupancy_by_time_off on occupancy (tenant_id, time_off_id);
create index occupancy_by_overlap on occupancy (tenant_id, overlap_id);

-- Beside a row that may overlap, none may lie that may not: the constraint does not see the former, so this looks. Whoever adds to
-- one resource waits here for the one before.
create function occupancy_is_free() returns trigger language plpgsql set search_path from current as $$
begin
  perform from resource r where r.tenant_id = new.tenant_id and r.id = new.resource_id for no key update;
  if new.overlap_id is null and new.kind <> 'on_call' and exists (
    select from occupancy o where o.tenant_id = new.tenant_id and o.resource_id = new.resource_id and o.ends_at > new.starts_at
      and o.starts_at < new.ends_at and o.overlap_id is not null)
  then
    raise exception 'the time is taken' using errcode = '23P01', constraint = 'occupancy_no_overlap';
  end if;
  return new;
end $$;
revoke execute on function occupancy_is_free() from public;
create trigger occupancy_is_free before insert on occupancy for each row execute function occupancy_is_free();

-- All rows of an appointment, anew: each of its people and things on each of its days, and what lies before and after; the way there
-- is put back by whoever estimates it. In one order, so that two never wait for each other. A visit that is over early leaves the rest of its time to others.
create function occupy(of_tenant uuid, of_appointment uuid) returns void language plpgsql set search_path from current as $$
begin
  delete from occupancy where tenant_id = of_tenant and appointment_id = of_appointment;
  insert into occupancy (tenant_id, id, resource_id, kind, appointment_id, starts_at, ends_at, overlap_id)
  select of_tenant, gen_random_uuid(), w.id, s.kind, a.id, s.starts_at, s.ends_at, a.overlap_id
  from appointment a
  cross join lateral (
    select a.technician_id as id where a.technician_id is not null
    union
    select r.resource_id from appointment_resource r where r.tenant_id = of_tenant and r.appointment_id = of_appointment) w
  cross join lateral (
    select a.starts_at, a.ends_at
    union all
    select d.starts_at, d.ends_at from appointment_day d where d.tenant_id = of_tenant and d.appointment_id = of_appointment) d
  cross join lateral (
    select a.status as kind, d.starts_at, case when a.completed_at > d.starts_at then least(d.ends_at, a.completed_at) else d.ends_at end as ends_at
    union all
    select 'buffer', d.starts_at - make_interval(mins => a.buffer_before), d.starts_at where a.buffer_before > 0
    union all
    select 'buffer', d.ends_at, d.ends_at + make_interval(mins => a.buffer_after) where a.buffer_after > 0 and a.completed_at is null) s
  where a.tenant_id = of_tenant and a.id = of_appointment and a.status not in ('cancelled', 'no_show')
    and (a.completed_at is null or d.starts_at < a.completed_at or d.starts_at = a.starts_at)
  order by w.id, s.starts_at;
end $$;
revoke execute on function occupy(uuid, uuid) from public;

create function appointment_occupies() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'UPDATE' and new.status not in ('cancelled', 'no_show', 'completed') and old.status not in ('cancelled', 'no_show', 'completed')
    and (new.technician_id, new.starts_at, new.ends_at, new.buffer_before, new.buffer_after, new.overlap_id)
      is not distinct from (old.technician_id, old.starts_at, old.ends_at, old.buffer_before, old.buffer_after, old.overlap_id)
  then
    update occupancy set kind = new.status
    where tenant_id = new.tenant_id and appointment_id = new.id and kind = old.status and new.status <> old.status;
  else
    perform occupy(new.tenant_id, new.id);
  end if;
  return null;
end $$;
revoke execute on function appointment_occupies() from public;
create trigger appointment_occupies after insert or update of technician_id, starts_at, ends_at, status, completed_at, buffer_before, buffer_after, overlap_id
  on appointment for each row execute function appointment_occupies();

create function part_occupies() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'INSERT' then
    perform occupy(new.tenant_id, new.appointment_id);
  else
    perform occupy(old.tenant_id, old.appointment_id);
  end if;
  return null;
end $$;
revoke execute on function part_occupies() from public;
create trigger part_occupies after insert or delete on appointment_resource for each row execute function part_occupies();
create trigger part_occupies after insert or delete on appointment_day for each row execute function part_occupies();

create function time_off_occupies() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'UPDATE' then
    delete from occupancy where tenant_id = new.tenant_id and time_off_id = new.id;
  end if;
  insert into occupancy (tenant_id, id, resource_id, kind, time_off_id, starts_at, ends_at, overlap_id)
  values (new.tenant_id, gen_random_uuid(), new.technician_id, 'time_off', new.id, new.starts_at, new.ends_at, new.overlap_id);
  return null;
end $$;
revoke execute on function time_off_occupies() from public;
alter table time_off add column overlap_id uuid;
alter table time_off add constraint time_off_overlap foreign key (tenant_id, overlap_id) references overlap (tenant_id, id);
create index time_off_by_overlap on time_off (tenant_id, overlap_id);

-- What is there already: time off comes first, and what was booked over it says since when.
insert into overlap (tenant_id, id, reason, author, created_at)
select o.tenant_id, o.id, 'Planned before overlaps had reasons', 'Tradewind', o.created_at from time_off o
where exists (select from appointment a where a.tenant_id = o.tenant_id and a.technician_id = o.technician_id
              and a.starts_at < o.ends_at and a.ends_at > o.starts_at and a.status not in ('cancelled', 'no_show'))
   or exists (select from time_off p where p.tenant_id = o.tenant_id and p.technician_id = o.technician_id and p.id < o.id
              and p.starts_at < o.ends_at and p.ends_at > o.starts_at);
update time_off o set overlap_id = v.id from overlap v where v.tenant_id = o.tenant_id and v.id = o.id;
alter table occupancy disable trigger occupancy_is_free;
insert into occupancy (tenant_id, id, resource_id, kind, appointment_id, starts_at, ends_at)
select tenant_id, gen_random_uuid(), technician_id, status, id, starts_at, ends_at from appointment
where technician_id is not null and status not in ('cancelled', 'no_show');
insert into occupancy (tenant_id, id, resource_id, kind, time_off_id, starts_at, ends_at, overlap_id)
select tenant_id, gen_random_uuid(), technician_id, 'time_off', id, starts_at, ends_at, overlap_id from time_off;
alter table occupancy enable trigger occupancy_is_free;
create trigger time_off_occupies after insert or update of technician_id, starts_at, ends_at, overlap_id on time_off for each row execute function time_off_occupies();
alter table appointment drop constraint appointment_no_overlap;

-- Whoever goes along reaches the appointment as its technician does.
create function reached_along() returns setof uuid language plpgsql stable rows 50 as $$
begin
  return query select r.appointment_id from appointment_resource r
    where r.tenant_id = wall.current_tenant() and r.resource_id in (select reached_lane('appointment'));
end $$;
create function reached_appointment() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query
    select a.id from appointment a
    where a.tenant_id = wall.current_tenant() and a.technician_id in (select reached_lane('appointment'))
    union
    select reached_along();
end $$;
revoke execute on function reached_along(), reached_appointment() from public;
create or replace function reached_by_work() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query
    select a.customer_id from appointment a
    where a.tenant_id = wall.current_tenant() and a.technician_id in (select reached_lane('customer')) and a.customer_id is not null
    union
    select a.customer_id from appointment_resource r join appointment a on a.tenant_id = r.tenant_id and a.id = r.appointment_id
    where r.tenant_id = wall.current_tenant() and r.resource_id in (select reached_lane('customer')) and a.customer_id is not null
    union
    select w.customer_id from work_order w
    where w.tenant_id = wall.current_tenant() and w.technician_id in (select reached_lane('customer'));
end $$;
create or replace function reached_visit() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query
    select a.id from appointment a
    where a.tenant_id = wall.current_tenant() and a.technician_id in (select reached_lane('work_order'))
    union
    select r.appointment_id from appointment_resource r
    where r.tenant_id = wall.current_tenant() and r.resource_id in (select reached_lane('work_order'));
end $$;
drop policy reach on appointment;
select
  ctl.within_reach(current_schema(), 'appointment', 'appointment',
    'technician_id in (select reached_lane(''appointment'')) or id in (select reached_along())'),
  ctl.within_reach(current_schema(), 'appointment_day', 'appointment', 'appointment_id in (select reached_appointment())'),
  ctl.within_reach(current_schema(), 'occupancy', 'appointment',
    'resource_id in (select reached_lane(''appointment'')) or appointment_id in (select reached_appointment())');

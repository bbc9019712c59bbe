-- An exception lies beside what was there before it, and what was there before goes its way: set out, arrived, finished early, one
-- more along. But nothing is moved onto an exception, by whichever statement.
--! grant occupancy: select, insert, delete, update(kind, ends_at, overlap_id)

-- Whoever adds to one resource waits here for the one before. What keeps to the time that it had takes nobody's.
create or replace function occupancy_is_free() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'UPDATE' and new.resource_id = old.resource_id and new.starts_at >= old.starts_at and new.ends_at <= old.ends_at
    and (old.kind <> 'on_call' or new.kind = 'on_call') and (old.overlap_id is null or new.overlap_id is not null)
  then
    return new;
  end if;
  perform from resource r where r.tenant_id = new.tenant_id and r.id = new.resource_id for no key update;
  if new.overlap_id is null and new.kind <> 'on_call' and exists (
    select from occupancy o where o.tenant_id = new.tenant_id and o.resource_id = new.resource_id and o.ends_at > new.starts_at
      and o.starts_at < new.ends_at and o.overlap_id is not null and o.id <> new.id)
  then
    raise exception 'the time is taken' using errcode = '23P01', constraint = 'occupancy_no_overlap';
  end if;
  return new;
end $$;
drop trigger occupancy_is_free on occupancy;
create trigger occupancy_is_free before insert or update of resource_id, starts_at, ends_at, kind, overlap_id on occupancy
  for each row execute function occupancy_is_free();

-- What an appointment takes: each of its people and things on each of its days, and what lies before and after. A visit that is over
-- early leaves the rest of its time to others.
create function time_taken(of_tenant uuid, of_appointment uuid)
returns table (resource_id uuid, kind text, starts_at timestamptz, ends_at timestamptz, overlap_id uuid)
language plpgsql stable rows 10 set search_path from current as $$
begin
  return query
  select w.id, s.kind, s.starts_at, s.ends_at, a.overlap_id
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
    and (a.completed_at is null or d.starts_at < a.completed_at or d.starts_at = a.starts_at);
end $$;
revoke execute on function time_taken(uuid, uuid) from public;

-- The rows of an appointment as they must be now. What stays where it was is left there, shorter perhaps; what is moved or made longer
-- is another row. The way there is put back by whoever estimates it. In one order, so that two never wait for each other.
create or replace function occupy(of_tenant uuid, of_appointment uuid) returns void language plpgsql set search_path from current as $$
begin
  delete from occupancy o where o.tenant_id = of_tenant and o.appointment_id = of_appointment and (o.kind = 'travel' or not exists (
    select from time_taken(of_tenant, of_appointment) w where w.resource_id = o.resource_id and w.starts_at = o.starts_at
      and w.ends_at <= o.ends_at and (w.kind = 'buffer') = (o.kind = 'buffer')));
  update occupancy o set kind = w.kind, ends_at = w.ends_at, overlap_id = w.overlap_id
  from time_taken(of_tenant, of_appointment) w
  where o.tenant_id = of_tenant and o.appointment_id = of_appointment and o.resource_id = w.resource_id and o.starts_at = w.starts_at
    and (w.kind = 'buffer') = (o.kind = 'buffer') and (o.kind, o.ends_at, o.overlap_id) is distinct from (w.kind, w.ends_at, w.overlap_id);
  insert into occupancy (tenant_id, id, resource_id, kind, appointment_id, starts_at, ends_at, overlap_id)
  select of_tenant, gen_random_uuid(), w.resource_id, w.kind, of_appointment, w.starts_at, w.ends_at, w.overlap_id
  from time_taken(of_tenant, of_appointment) w
  where not exists (
    select from occupancy o where o.tenant_id = of_tenant and o.appointment_id = of_appointment and o.resource_id = w.resource_id
      and o.starts_at = w.starts_at and (w.kind = 'buffer') = (o.kind = 'buffer'))
  order by w.resource_id, w.starts_at;
end $$;

create or replace function occupy(of_tenant uuid, of_appointment uuid) returns void language plpgsql set search_path from current as $$
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
drop function time_taken(uuid, uuid);
drop trigger occupancy_is_free on occupancy;
create or replace function occupancy_is_free() returns trigger language plpgsql set search_path from current as $$
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
create trigger occupancy_is_free before insert on occupancy for each row execute function occupancy_is_free();

--! backfill appointment
drop policy reach on appointment;
drop policy reach on appointment_day;
drop policy reach on occupancy;
select ctl.within_reach(current_schema(), 'appointment', 'appointment', 'technician_id in (select reached_lane(''appointment''))');
create or replace function reached_by_work() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query
    select a.customer_id from appointment a
    where a.tenant_id = wall.current_tenant() and a.technician_id in (select reached_lane('customer')) and a.customer_id is not null
    union
    select w.customer_id from work_order w
    where w.tenant_id = wall.current_tenant() and w.technician_id in (select reached_lane('customer'));
end $$;
create or replace function reached_visit() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query select a.id from appointment a
    where a.tenant_id = wall.current_tenant() and a.technician_id in (select reached_lane('work_order'));
end $$;
drop function reached_along();
drop function reached_appointment();
drop trigger appointment_occupies on appointment;
drop trigger time_off_occupies on time_off;
drop trigger technician_is_resource on technician;
drop table occupancy;
drop table appointment_day;
drop table appointment_resource;
drop function occupancy_is_free();
drop function appointment_occupies();
drop function part_occupies();
drop function time_off_occupies();
drop function technician_is_resource();
drop function occupy(uuid, uuid);
-- Two at once cannot be kept: the later one goes back to the tray.
update appointment set technician_id = null where overlap_id is not null and status in ('requested', 'confirmed');
alter table appointment drop column overlap_id;
alter table appointment drop column buffer_before;
alter table appointment drop column buffer_after;
alter table time_off drop column overlap_id;
drop table overlap;
drop table resource;
alter table appointment add constraint appointment_no_overlap exclude using gist (tenant_id with =, technician_id with =, during with &&)
  where (technician_id is not null and status not in ('cancelled', 'no_show'));

drop policy reach on work_order;
select ctl.within_reach(current_schema(), 'work_order', 'work_order',
  'technician_id in (select reached_lane(''work_order'')) or appointment_id in (select reached_visit())');
create or replace function reached_order() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query
    select w.id from work_order w
    where w.tenant_id = wall.current_tenant() and w.technician_id in (select reached_lane('work_order'))
    union
    select w.id from work_order w
    where w.tenant_id = wall.current_tenant() and w.appointment_id in (select reached_visit());
end $$;
drop function reached_by_visit();
alter table signature drop column appointment_id;
alter table order_note drop column appointment_id;
drop trigger visit_of_job_follows on appointment;
drop function visit_of_job_follows();
drop trigger first_visit_of_job on work_order;
drop function first_visit_of_job();
drop table work_order_visit;

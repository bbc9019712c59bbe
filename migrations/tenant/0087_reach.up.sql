-- Rows within reach: one's own, one's team's, everybody's. What a role reaches of each noun; the teams; who looks after
-- a customer; and the policies that hold every statement to it.

create table team (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint team_pkey primary key (tenant_id, id),
  constraint team_name_once unique (tenant_id, name_key),
  constraint team_name check (length(name) between 1 and 60)
);
alter table member add column team_id uuid;
alter table member add constraint member_team foreign key (tenant_id, team_id) references team (tenant_id, id);
create index member_by_team on member (tenant_id, team_id);

-- A noun that is not named is reached wholly.
create table role_reach (
  tenant_id uuid not null default wall.current_tenant(),
  role text not null,
  noun text not null,
  reach text not null,
  constraint role_reach_pkey primary key (tenant_id, role, noun),
  constraint role_reach_role foreign key (tenant_id, role) references role (tenant_id, name) on delete cascade,
  constraint role_reach_known check (reach in ('own', 'team'))
);
--! grant role_reach: select, insert, delete, update(reach)

alter table role add column version bigint not null default 1;
alter table role add constraint role_label check (length(label) between 1 and 60);

alter table customer add column assigned_to uuid;
alter table customer add constraint customer_assigned_to foreign key (tenant_id, assigned_to) references member (tenant_id, id);
create index customer_by_keeper on customer (tenant_id, assigned_to);

-- The technicians among the members reached. A function is opaque to the planner: who reaches all plans and runs as ever.
create function reached_lane(noun text) returns setof uuid language plpgsql stable rows 10 as $$
begin
  return query select t.id from technician t
    where t.tenant_id = wall.current_tenant() and t.member_id = any (wall.reach(noun));
end $$;

-- Customers to whom those reached have come or will come.
create function reached_by_work() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query
    select a.customer_id from appointment a
    where a.tenant_id = wall.current_tenant() and a.technician_id in (select reached_lane('customer')) and a.customer_id is not null
    union
    select w.customer_id from work_order w
    where w.tenant_id = wall.current_tenant() and w.technician_id in (select reached_lane('customer'));
end $$;

create function reached_customer() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query
    select c.id from customer c
    where c.tenant_id = wall.current_tenant() and c.assigned_to = any (wall.reach('customer'))
    union
    select reached_by_work();
end $$;

-- Visits whose work orders are within reach with them.
create function reached_visit() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query select a.id from appointment a
    where a.tenant_id = wall.current_tenant() and a.technician_id in (select reached_lane('work_order'));
end $$;

create function reached_order() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query
    select w.id from work_order w
    where w.tenant_id = wall.current_tenant() and w.technician_id in (select reached_lane('work_order'))
    union
    select w.id from work_order w
    where w.tenant_id = wall.current_tenant() and w.appointment_id in (select reached_visit());
end $$;

create function reached_file() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query select p.file_id from photo p
    where p.tenant_id = wall.current_tenant() and p.order_id in (select reached_order());
end $$;

create function reached_invoice() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query select i.id from invoice i
    where i.tenant_id = wall.current_tenant() and i.customer_id in (select reached_customer());
end $$;

create function reached_voucher() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query select v.id from voucher v
    where v.tenant_id = wall.current_tenant() and v.invoice_id in (select reached_invoice());
end $$;

select
  ctl.within_reach(current_schema(), 'customer', 'customer',
    'assigned_to = any ((select wall.reach(''customer''))::uuid[]) or id in (select reached_by_work())'),
  ctl.within_reach(current_schema(), 'contact', 'customer', 'customer_id in (select reached_customer())'),
  ctl.within_reach(current_schema(), 'location', 'customer', 'customer_id in (select reached_customer())'),
  ctl.within_reach(current_schema(), 'timeline_entry', 'customer', 'customer_id in (select reached_customer())'),
  ctl.within_reach(current_schema(), 'customer_word', 'customer', 'customer_id in (select reached_customer())'),
  ctl.within_reach(current_schema(), 'customer_reach', 'customer', 'customer_id in (select reached_customer())'),
  ctl.within_reach(current_schema(), 'appointment', 'appointment', 'technician_id in (select reached_lane(''appointment''))'),
  ctl.within_reach(current_schema(), 'work_order', 'work_order',
    'technician_id in (select reached_lane(''work_order'')) or appointment_id in (select reached_visit())'),
  ctl.within_reach(current_schema(), 'line_item', 'work_order', 'order_id in (select reached_order())'),
  ctl.within_reach(current_schema(), 'order_note', 'work_order', 'order_id in (select reached_order())'),
  ctl.within_reach(current_schema(), 'photo', 'work_order', 'order_id in (select reached_order())'),
  ctl.within_reach(current_schema(), 'file', 'work_order',
    'purpose <> ''photo'' or created_by = any ((select wall.reach(''work_order''))::uuid[]) or id in (select reached_file())'),
  ctl.within_reach(current_schema(), 'invoice', 'customer', 'customer_id in (select reached_customer())'),
  ctl.within_reach(current_schema(), 'invoice_line', 'customer', 'invoice_id in (select reached_invoice())'),
  ctl.within_reach(current_schema(), 'invoice_tax', 'customer', 'invoice_id in (select reached_invoice())'),
  ctl.within_reach(current_schema(), 'payment', 'customer', 'invoice_id in (select reached_invoice())'),
  ctl.within_reach(current_schema(), 'voucher', 'customer', 'invoice_id in (select reached_invoice())'),
  ctl.within_reach(current_schema(), 'voucher_entry', 'customer', 'voucher_id in (select reached_voucher())');

-- The equipment that a job worked on: the service history of each piece.
--! grant serviced: select, insert, delete
create table serviced (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  order_id uuid not null,
  equipment_id uuid not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint serviced_pkey primary key (tenant_id, id),
  constraint serviced_once unique (tenant_id, order_id, equipment_id),
  constraint serviced_order foreign key (tenant_id, order_id) references work_order (tenant_id, id),
  constraint serviced_equipment foreign key (tenant_id, equipment_id) references equipment (tenant_id, id) on delete cascade
);
create index serviced_by_equipment on serviced (tenant_id, equipment_id, order_id);
create trigger remember after insert or update or delete on serviced for each row execute function remember('order_id');
select ctl.within_reach(current_schema(), 'serviced', 'work_order', 'order_id in (select reached_order())');

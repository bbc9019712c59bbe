-- What is installed at a customer's: furnaces, heat pumps, water heaters.
create table equipment (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  location_id uuid not null,
  -- What people call it: "Furnace", "Heat pump upstairs".
  name text not null,
  make text,
  model text,
  serial text,
  installed_on date,
  warranty_until date,
  notes text,
  -- Since then it is not there any more; its history stays.
  removed_on date,
  -- Make, model and serial, folded: by them the customer is found.
  words text not null default '',
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint equipment_pkey primary key (tenant_id, id),
  constraint equipment_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade,
  constraint equipment_location foreign key (tenant_id, location_id) references location (tenant_id, id),
  constraint equipment_name check (length(name) between 1 and 80),
  constraint equipment_notes check (length(notes) <= 2000),
  constraint equipment_dates check (warranty_until >= installed_on and removed_on >= installed_on)
);
create index equipment_by_customer on equipment (tenant_id, customer_id, id);
create index equipment_by_location on equipment (tenant_id, location_id);
create trigger remember after insert or update or delete on equipment for each row execute function remember('customer_id');
select ctl.within_reach(current_schema(), 'equipment', 'customer', 'customer_id in (select reached_customer())');

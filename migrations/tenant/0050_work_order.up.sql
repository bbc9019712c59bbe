-- Work orders: what was done on a visit, with the lines as sold, notes and photos.
--! grant line_item: select, insert, delete, update(description, quantity_milli, unit_price_minor, version, updated_at)
--! grant order_note: select, insert
--! grant photo: select, insert, delete

create table work_order_counter (
  tenant_id uuid not null default wall.current_tenant(),
  next bigint not null,
  constraint work_order_counter_pkey primary key (tenant_id),
  constraint work_order_counter_next check (next >= 1)
);

-- `technician_id` is who did it, written at the start; until then the appointment says who is to come.
create table work_order (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  number bigint not null,
  customer_id uuid not null,
  location_id uuid,
  appointment_id uuid,
  technician_id uuid,
  title text not null,
  scope text,
  status text not null default 'open',
  currency text not null,
  started_at timestamptz,
  completed_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint work_order_pkey primary key (tenant_id, id),
  constraint work_order_number_once unique (tenant_id, number),
  constraint work_order_appointment_once unique (tenant_id, appointment_id),
  constraint work_order_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint work_order_location foreign key (tenant_id, location_id) references location (tenant_id, id),
  constraint work_order_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id),
  constraint work_order_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint work_order_status check (status in ('open', 'in_progress', 'completed', 'cancelled')),
  constraint work_order_title check (length(title) between 1 and 200),
  constraint work_order_scope check (length(scope) <= 5000),
  constraint work_order_currency check (currency ~ '^[A-Z]{3}$'),
  constraint work_order_started check (status not in ('in_progress', 'completed') or started_at is not null),
  constraint work_order_completed check ((status = 'completed') = (completed_at is not null)),
  constraint work_order_cancelled check ((status = 'cancelled') = (cancelled_at is not null))
);
create index work_order_by_status on work_order (tenant_id, status, number);
create index work_order_by_customer on work_order (tenant_id, customer_id, number);
create index work_order_by_technician on work_order (tenant_id, technician_id, number);
create index work_order_by_location on work_order (tenant_id, location_id);

-- The price as sold: copied from the price book, and no later change of the book reaches it.
create table line_item (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  order_id uuid not null,
  item_id uuid,
  kind text not null,
  description text not null,
  quantity_milli bigint not null,
  unit_price_minor bigint not null,
  currency text not null,
  tax_name text not null default '',
  tax_rate_ppm bigint not null default 0,
  position integer not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint line_item_pkey primary key (tenant_id, id),
  constraint line_item_order foreign key (tenant_id, order_id) references work_order (tenant_id, id),
  constraint line_item_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint line_item_kind check (kind in ('service', 'material', 'labor')),
  constraint line_item_description check (length(description) between 1 and 300),
  constraint line_item_quantity check (quantity_milli between 1 and 1000000000),
  constraint line_item_price check (unit_price_minor between -100000000000 and 100000000000),
  constraint line_item_currency check (currency ~ '^[A-Z]{3}$'),
  constraint line_item_tax check (tax_rate_ppm between 0 and 1000000)
);
create index line_item_in_order on line_item (tenant_id, order_id, position, id);
create index line_item_by_item on line_item (tenant_id, item_id);

create table order_note (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  order_id uuid not null,
  body text not null,
  author text not null,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint order_note_pkey primary key (tenant_id, id),
  constraint order_note_order foreign key (tenant_id, order_id) references work_order (tenant_id, id),
  constraint order_note_body check (length(body) between 1 and 5000)
);
create index order_note_in_order on order_note (tenant_id, order_id, id);

create table photo (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  order_id uuid not null,
  file_id uuid not null,
  caption text not null,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint photo_pkey primary key (tenant_id, id),
  constraint photo_order foreign key (tenant_id, order_id) references work_order (tenant_id, id),
  constraint photo_file foreign key (tenant_id, file_id) references file (tenant_id, id),
  constraint photo_caption check (length(caption) between 1 and 80)
);
create index photo_in_order on photo (tenant_id, order_id, id);
create index photo_by_file on photo (tenant_id, file_id);

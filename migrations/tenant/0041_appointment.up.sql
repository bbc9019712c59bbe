-- Who comes when: appointments, and the times held while somebody fills in the booking page. A hold is a row here like any
-- other, so that one constraint keeps a technician from being in two places, whoever books and by whichever door.
--! grant appointment: select, insert, delete, update(customer_id, location_id, item_id, technician_id, title, problem, starts_at, ends_at, window_starts, window_ends, status, expires_at, token_hash, en_route_at, arrived_at, completed_at, cancelled_at, cancel_reason, version, updated_at)

create table appointment (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid,
  location_id uuid,
  item_id uuid,
  technician_id uuid,
  title text not null,
  problem text,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  during tstzrange not null generated always as (tstzrange(starts_at, ends_at, '[)')) stored,
  window_starts timestamptz,
  window_ends timestamptz,
  status text not null,
  source text not null,
  expires_at timestamptz,
  token_hash text,
  en_route_at timestamptz,
  arrived_at timestamptz,
  completed_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint appointment_pkey primary key (tenant_id, id),
  constraint appointment_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint appointment_location foreign key (tenant_id, location_id) references location (tenant_id, id),
  constraint appointment_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint appointment_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint appointment_token_once unique (tenant_id, token_hash),
  constraint appointment_status check (status in ('held', 'requested', 'confirmed', 'en_route', 'on_site', 'completed', 'cancelled', 'no_show')),
  constraint appointment_source check (source in ('office', 'online', 'api')),
  constraint appointment_length check (starts_at < ends_at and ends_at - starts_at <= interval '24 hours'),
  constraint appointment_window check ((window_starts is null) = (window_ends is null) and window_starts < window_ends),
  constraint appointment_has_customer check (status = 'held' or customer_id is not null),
  constraint appointment_hold_expires check ((status = 'held') = (expires_at is not null)),
  constraint appointment_hold_is_somebodys check (status <> 'held' or (technician_id is not null and token_hash is not null)),
  constraint appointment_under_way_has_somebody check (status not in ('en_route', 'on_site') or technician_id is not null),
  constraint appointment_no_overlap exclude using gist (tenant_id with =, technician_id with =, during with &&)
    where (technician_id is not null and status not in ('cancelled', 'no_show'))
);
create index appointment_by_start on appointment (tenant_id, starts_at, id);
create index appointment_by_technician on appointment (tenant_id, technician_id, starts_at);
create index appointment_by_customer on appointment (tenant_id, customer_id, starts_at);
create index appointment_by_location on appointment (tenant_id, location_id);
create index appointment_by_item on appointment (tenant_id, item_id);
create index appointment_expiring on appointment (tenant_id, expires_at) where status = 'held';
create index appointment_unassigned on appointment (tenant_id, starts_at) where technician_id is null and status in ('requested', 'confirmed');

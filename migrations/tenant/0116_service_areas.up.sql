-- Where the company goes, and by which rules visits are offered and placed.
--! grant technician_area: select, insert, delete
--! grant travel_time: select, insert, delete
--! grant appointment_why: select, insert, delete

create table service_area (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text not null,
  kind text not null,
  -- Codes as they are compared, "787*" for all that begin so; points as [latitude, longitude].
  postal_codes text[] not null default '{}',
  latitude double precision,
  longitude double precision,
  radius_m integer,
  outline jsonb,
  active boolean not null default true,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint service_area_pkey primary key (tenant_id, id),
  constraint service_area_name_once unique (tenant_id, name_key),
  constraint service_area_name check (length(name) between 1 and 80),
  constraint service_area_kind check (case kind
    when 'postal_codes' then cardinality(postal_codes) between 1 and 2000
    when 'circle' then abs(latitude) <= 90 and abs(longitude) <= 180 and radius_m between 100 and 500000 and latitude is not null and longitude is not null and radius_m is not null
    when 'outline' then outline is not null and jsonb_typeof(outline) = 'array' and jsonb_array_length(outline) between 3 and 200
    else false end)
);
create trigger remember after insert or update or delete on service_area for each row execute function remember();

-- Whoever has none goes everywhere the company goes.
create table technician_area (
  tenant_id uuid not null default wall.current_tenant(),
  technician_id uuid not null,
  area_id uuid not null,
  created_at timestamptz not null default now(),
  constraint technician_area_pkey primary key (tenant_id, technician_id, area_id),
  constraint technician_area_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint technician_area_area foreign key (tenant_id, area_id) references service_area (tenant_id, id)
);
create index technician_area_by_area on technician_area (tenant_id, area_id);

-- Minutes between two areas, where the company knows better than a straight line.
create table travel_time (
  tenant_id uuid not null default wall.current_tenant(),
  from_area_id uuid not null,
  to_area_id uuid not null,
  minutes integer not null,
  created_at timestamptz not null default now(),
  constraint travel_time_pkey primary key (tenant_id, from_area_id, to_area_id),
  constraint travel_time_from foreign key (tenant_id, from_area_id) references service_area (tenant_id, id),
  constraint travel_time_to foreign key (tenant_id, to_area_id) references service_area (tenant_id, id),
  constraint travel_time_minutes check (minutes between 0 and 480)
);
create index travel_time_by_to on travel_time (tenant_id, to_area_id);

create table scheduling_rule (
  tenant_id uuid not null default wall.current_tenant(),
  notice_minutes integer not null,
  horizon_days integer not null,
  window_hours integer not null,
  buffer_before integer not null,
  buffer_after integer not null,
  travel_kmh integer not null,
  travel_minutes integer not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint scheduling_rule_pkey primary key (tenant_id),
  constraint scheduling_rule_ranges check (notice_minutes between 0 and 20160 and horizon_days between 1 and 365 and window_hours in (1, 2, 3, 4)
    and buffer_before between 0 and 480 and buffer_after between 0 and 480 and travel_kmh between 5 and 130 and travel_minutes between 0 and 240)
);

-- Where a service differs from the rules of the company.
create table item_scheduling (
  tenant_id uuid not null default wall.current_tenant(),
  item_id uuid not null,
  notice_minutes integer,
  buffer_before integer,
  buffer_after integer,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint item_scheduling_pkey primary key (tenant_id, item_id),
  constraint item_scheduling_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint item_scheduling_ranges check (notice_minutes between 0 and 20160 and buffer_before between 0 and 480 and buffer_after between 0 and 480)
);

-- Rule by rule, why whoever goes could be sent; as it was when the visit was placed.
create table appointment_why (
  tenant_id uuid not null default wall.current_tenant(),
  appointment_id uuid not null,
  technician_id uuid not null,
  findings jsonb not null,
  created_at timestamptz not null default now(),
  constraint appointment_why_pkey primary key (tenant_id, appointment_id),
  constraint appointment_why_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id) on delete cascade,
  constraint appointment_why_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint appointment_why_length check (length(findings::text) <= 8000)
);
create index appointment_why_by_technician on appointment_why (tenant_id, technician_id);
select ctl.within_reach(current_schema(), 'appointment_why', 'appointment', 'appointment_id in (select reached_appointment())');

-- When technicians are busy by a calendar of their own: from when to when, and never with what.
--! grant busy_time: select, insert, delete
--! grant busy_calendar: select, insert, delete, update(sealed, host, etag, modified, looked_at, fetched_at, next_at, failures, trouble, updated_at)
--! secret busy_calendar

-- As it was read. What of it takes somebody's time are rows of `occupancy` of the kind `busy`: a visit, a day off or whatever else is
-- there already stays, and the busy time is cut around it until the other goes away.
create table busy_time (
  tenant_id uuid not null default wall.current_tenant(),
  technician_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  constraint busy_time_pkey primary key (tenant_id, technician_id, starts_at),
  constraint busy_time_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id) on delete cascade,
  constraint busy_time_length check (starts_at < ends_at)
);
create index busy_time_by_end on busy_time (tenant_id, ends_at);

-- Where it is read from. The address is a secret, so it lies here sealed, and only the name of its server is shown.
create table busy_calendar (
  tenant_id uuid not null default wall.current_tenant(),
  technician_id uuid not null,
  sealed text not null,
  host text not null,
  -- What the server said of it, to be told when nothing has changed.
  etag text,
  modified text,
  looked_at timestamptz,
  fetched_at timestamptz,
  next_at timestamptz not null,
  failures integer not null default 0,
  trouble text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint busy_calendar_pkey primary key (tenant_id, technician_id),
  constraint busy_calendar_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id) on delete cascade,
  constraint busy_calendar_host check (length(host) between 1 and 300),
  constraint busy_calendar_told check (length(etag) <= 500 and length(modified) <= 100),
  constraint busy_calendar_trouble check (length(trouble) between 1 and 300)
);
create index busy_calendar_by_next on busy_calendar (tenant_id, next_at);

select
  ctl.within_reach(current_schema(), 'busy_time', 'appointment', 'technician_id in (select reached_lane(''appointment''))'),
  ctl.within_reach(current_schema(), 'busy_calendar', 'appointment', 'technician_id in (select reached_lane(''appointment''))');

-- What a routing server said of the way between two points, kept so that a visit is placed by the same minutes by which it was offered.
--! grant driving_time: select, insert, update(minutes, asked_at), delete

create table driving_time (
  tenant_id uuid not null default wall.current_tenant(),
  -- Points to some ten metres, as one number each (`road::cell`).
  from_cell bigint not null,
  to_cell bigint not null,
  minutes integer not null,
  asked_at timestamptz not null,
  constraint driving_time_pkey primary key (tenant_id, from_cell, to_cell),
  constraint driving_time_minutes check (minutes between 0 and 10000)
);
create index driving_time_by_to on driving_time (tenant_id, to_cell);
create index driving_time_by_age on driving_time (tenant_id, asked_at);

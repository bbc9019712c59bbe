-- Technicians in full: how well they can what they can, what they are licensed for and until when, where they start, how much a day
-- holds, the days that differ from their week, and when they are on call.
--! grant technician_skill: select, insert, delete
--! grant item_skill: select, insert, delete
--! grant item_credential: select, insert, delete
--! grant shift_exception: select, insert, delete
--! grant on_call: select, insert, delete

alter table technician add column start_place text;
alter table technician add column start_latitude double precision;
alter table technician add column start_longitude double precision;
alter table technician add column home_place text;
alter table technician add column home_latitude double precision;
alter table technician add column home_longitude double precision;
alter table technician add column day_jobs integer;
alter table technician add column day_minutes integer;
alter table technician add constraint technician_places check (length(start_place) between 1 and 200 and length(home_place) between 1 and 200);
alter table technician add constraint technician_start check ((start_latitude is null) = (start_longitude is null)
  and abs(start_latitude) <= 90 and abs(start_longitude) <= 180);
alter table technician add constraint technician_home check ((home_latitude is null) = (home_longitude is null)
  and abs(home_latitude) <= 90 and abs(home_longitude) <= 180);
alter table technician add constraint technician_day check (day_jobs between 1 and 50 and day_minutes between 30 and 1440);

-- 1: learning, 2: works alone, 3: expert. Whoever has a skill until now works alone, and that is what services need until now.
alter table technician_skill add column level integer not null default 2;
alter table technician_skill add constraint technician_skill_level check (level between 1 and 3);
alter table item_skill add column level integer not null default 2;
alter table item_skill add constraint item_skill_level check (level between 1 and 3);

create table credential (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  technician_id uuid not null,
  name text not null,
  name_key text not null,
  jurisdiction text,
  jurisdiction_key text not null default '',
  class text,
  class_key text not null default '',
  number text,
  expires_on date,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint credential_pkey primary key (tenant_id, id),
  constraint credential_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint credential_name check (length(name) between 1 and 80 and length(name_key) between 1 and 160),
  constraint credential_words check (length(jurisdiction) between 1 and 80 and length(class) between 1 and 40 and length(number) between 1 and 60)
);
create index credential_by_technician on credential (tenant_id, technician_id, name_key);
create index credential_by_end on credential (tenant_id, expires_on);
create trigger remember after insert or update or delete on credential for each row execute function remember('technician_id');

-- What a service asks of whoever goes; where and of which class only when it is said.
create table item_credential (
  tenant_id uuid not null default wall.current_tenant(),
  item_id uuid not null,
  name text not null,
  name_key text not null,
  jurisdiction text,
  jurisdiction_key text not null default '',
  class text,
  class_key text not null default '',
  created_at timestamptz not null default now(),
  constraint item_credential_pkey primary key (tenant_id, item_id, name_key, jurisdiction_key, class_key),
  constraint item_credential_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint item_credential_words check (length(name) between 1 and 80 and length(jurisdiction) between 1 and 80 and length(class) between 1 and 40)
);

-- A day on which the week does not count: other hours, or none.
create table shift_exception (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  technician_id uuid not null,
  on_day date not null,
  starts time,
  ends time,
  reason text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint shift_exception_pkey primary key (tenant_id, id),
  constraint shift_exception_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint shift_exception_hours check ((starts is null) = (ends is null) and starts <> ends),
  constraint shift_exception_reason check (length(reason) between 1 and 120)
);
create unique index shift_exception_once on shift_exception (tenant_id, technician_id, on_day, coalesce(starts, '00:00'::time));
create index shift_exception_by_day on shift_exception (tenant_id, on_day);
create trigger remember after insert or update or delete on shift_exception for each row execute function remember('technician_id');

create table on_call (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  technician_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  note text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint on_call_pkey primary key (tenant_id, id),
  constraint on_call_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint on_call_length check (starts_at < ends_at and ends_at - starts_at <= interval '31 days'),
  constraint on_call_note check (length(note) between 1 and 120)
);
create index on_call_by_technician on on_call (tenant_id, technician_id, ends_at);
create trigger remember after insert or update or delete on on_call for each row execute function remember('technician_id');

alter table occupancy add column on_call_id uuid;
alter table occupancy add constraint occupancy_on_call foreign key (tenant_id, on_call_id) references on_call (tenant_id, id) on delete cascade;
create index occupancy_by_on_call on occupancy (tenant_id, on_call_id);
create function on_call_occupies() returns trigger language plpgsql set search_path from current as $$
begin
  insert into occupancy (tenant_id, id, resource_id, kind, on_call_id, starts_at, ends_at)
  values (new.tenant_id, gen_random_uuid(), new.technician_id, 'on_call', new.id, new.starts_at, new.ends_at);
  return null;
end $$;
revoke execute on function on_call_occupies() from public;
create trigger on_call_occupies after insert on on_call for each row execute function on_call_occupies();

-- Technicians, what they can do, and when they are there.
--! grant technician_skill: select, insert, delete
--! grant item_skill: select, insert, delete

create table technician (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  name text not null,
  initials text not null,
  phone text,
  home_note text,
  active boolean not null default true,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint technician_pkey primary key (tenant_id, id),
  constraint technician_member foreign key (tenant_id, member_id) references member (tenant_id, id),
  constraint technician_member_once unique (tenant_id, member_id),
  constraint technician_name check (length(name) between 1 and 120),
  constraint technician_initials check (length(initials) between 1 and 3)
);
create index technician_by_name on technician (tenant_id, name, id);

create table skill (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint skill_pkey primary key (tenant_id, id),
  constraint skill_name_once unique (tenant_id, name_key),
  constraint skill_name check (length(name) between 1 and 60)
);

create table technician_skill (
  tenant_id uuid not null default wall.current_tenant(),
  technician_id uuid not null,
  skill_id uuid not null,
  created_at timestamptz not null default now(),
  constraint technician_skill_pkey primary key (tenant_id, technician_id, skill_id),
  constraint technician_skill_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint technician_skill_skill foreign key (tenant_id, skill_id) references skill (tenant_id, id)
);
create index technician_skill_by_skill on technician_skill (tenant_id, skill_id);

create table item_skill (
  tenant_id uuid not null default wall.current_tenant(),
  item_id uuid not null,
  skill_id uuid not null,
  created_at timestamptz not null default now(),
  constraint item_skill_pkey primary key (tenant_id, item_id, skill_id),
  constraint item_skill_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint item_skill_skill foreign key (tenant_id, skill_id) references skill (tenant_id, id)
);
create index item_skill_by_skill on item_skill (tenant_id, skill_id);

-- A weekly shift on the company's own clock. One that ends at or before its start ends on the next day.
create table shift (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  technician_id uuid not null,
  weekday integer not null,
  starts time not null,
  ends time not null,
  valid_from date,
  valid_until date,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint shift_pkey primary key (tenant_id, id),
  constraint shift_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint shift_weekday check (weekday between 1 and 7),
  constraint shift_length check (starts <> ends),
  constraint shift_valid check (valid_from <= valid_until)
);
create index shift_by_technician on shift (tenant_id, technician_id, weekday);

create table time_off (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  technician_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint time_off_pkey primary key (tenant_id, id),
  constraint time_off_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint time_off_length check (starts_at < ends_at),
  constraint time_off_reason check (length(reason) between 1 and 120)
);
create index time_off_by_technician on time_off (tenant_id, technician_id, starts_at);
create index time_off_by_end on time_off (tenant_id, ends_at);

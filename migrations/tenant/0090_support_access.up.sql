-- Those who run the house look into a company: each visit with who, why and until when, what was looked at, and what the
-- company says about such visits.
--! secret support_visit
--! grant support_visit: select, insert, update(agreed_at, entered_at, until, writes, token_hash, ended_at, ended_by, version, updated_at)
create table support_visit (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  operator_id uuid not null,
  operator_name text not null,
  reason text not null,
  minutes integer not null,
  -- Empty while the company has been asked and has not answered.
  agreed_at timestamptz,
  -- Until when it may begin.
  lapses_at timestamptz not null,
  entered_at timestamptz,
  until timestamptz,
  -- The company lets this visit change things.
  writes boolean not null default false,
  token_hash text,
  ended_at timestamptz,
  ended_by text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint support_visit_pkey primary key (tenant_id, id),
  constraint support_visit_token_once unique (tenant_id, token_hash),
  constraint support_visit_minutes_bounded check (minutes between 15 and 240),
  constraint support_visit_bounded check (until <= entered_at + interval '4 hours'),
  constraint support_visit_entered_until check ((entered_at is null) = (until is null)),
  constraint support_visit_agreed_first check (entered_at is null or agreed_at is not null),
  constraint support_visit_end_known check (ended_by in ('operator', 'company', 'refused', 'disabled')),
  constraint support_visit_ended_by check ((ended_at is null) = (ended_by is null))
);

--! grant support_look: select, insert
create table support_look (
  tenant_id uuid not null default wall.current_tenant(),
  visit_id uuid not null,
  path text not null,
  -- The route behind the path, whose summary a person reads.
  route text not null,
  at timestamptz not null,
  constraint support_look_pkey primary key (tenant_id, visit_id, path),
  constraint support_look_visit_fkey foreign key (tenant_id, visit_id) references support_visit (tenant_id, id)
);

-- One row for a company, once it has said something.
--! grant support_rule: select, insert, update(ask_first, writes_until, version, updated_at)
create table support_rule (
  tenant_id uuid not null default wall.current_tenant(),
  ask_first boolean not null default false,
  -- Until then every visit may change things.
  writes_until timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint support_rule_pkey primary key (tenant_id)
);

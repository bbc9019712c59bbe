-- Files of customers from elsewhere: every line is kept with what became of it, so a run can be taken up where it broke off.

create table import (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  file_name text not null,
  columns text not null,
  mapping text not null,
  country text not null,
  status text not null default 'uploaded',
  lines integer not null,
  cursor integer not null default 0,
  made integer not null default 0,
  changed integer not null default 0,
  same integer not null default 0,
  wrong integer not null default 0,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint import_pkey primary key (tenant_id, id),
  constraint import_status check (status in ('uploaded', 'checking', 'checked', 'running', 'done')),
  constraint import_lines check (lines >= 0 and cursor >= 0)
);
create index import_latest on import (tenant_id, id desc);

-- `columns`, `mapping` and `cells` are JSON arrays of texts, kept as text: nothing filters by them.
create table import_row (
  tenant_id uuid not null default wall.current_tenant(),
  import_id uuid not null,
  line integer not null,
  cells text not null,
  identity text,
  outcome text not null default 'waiting',
  reason text,
  customer_id uuid,
  constraint import_row_pkey primary key (tenant_id, import_id, line),
  constraint import_row_import foreign key (tenant_id, import_id) references import (tenant_id, id) on delete cascade,
  constraint import_row_outcome check (outcome in ('waiting', 'new', 'changed', 'same', 'wrong'))
);
create index import_row_by_outcome on import_row (tenant_id, import_id, outcome, line);
create index import_row_by_identity on import_row (tenant_id, import_id, identity, line);

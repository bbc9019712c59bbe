-- Where a file comes from, and by which ids other systems know customers: each system counts for itself.
alter table import
  add column source text not null default 'other',
  -- A digest of the first line: files with the same are understood alike.
  add column headings uuid,
  add constraint import_source check (source in ('jobber', 'housecall_pro', 'servicetitan', 'hubspot', 'quickbooks', 'other'));
create index import_by_headings on import (tenant_id, headings, id desc) where headings is not null;

--! grant external_id: select, insert, delete
create table external_id (
  tenant_id uuid not null default wall.current_tenant(),
  source text not null,
  external_id text collate "C" not null,
  customer_id uuid not null,
  -- The import that brought it. No foreign key: no import is ever deleted alone, and an index by it would tempt plans.
  import_id uuid not null,
  created_at timestamptz not null,
  constraint external_id_pkey primary key (tenant_id, source, external_id),
  constraint external_id_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade,
  constraint external_id_source check (source in ('jobber', 'housecall_pro', 'servicetitan', 'hubspot', 'quickbooks')),
  constraint external_id_length check (length(external_id) between 1 and 100)
);
create index external_id_by_customer on external_id (tenant_id, customer_id);
select ctl.within_reach(current_schema(), 'external_id', 'customer', 'customer_id in (select reached_customer())');

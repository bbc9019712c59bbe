-- Price books that come as files: every line is kept with what became of it, and each item with how it was before, so that all of it
-- can be undone.
--! grant item_import: select, insert, update(mapping, status, made, changed, same, wrong, taken_back, kept, problem, categories, version, updated_at)
--! grant item_import_row: select, insert, update(outcome, about, reason)
--! grant item_import_deed: select, insert, update(outcome)

create table item_import (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  file_name text not null,
  -- JSON arrays of texts, kept as text: nothing filters by them.
  columns text not null,
  mapping text not null,
  status text not null,
  lines integer not null,
  made integer not null default 0,
  changed integer not null default 0,
  same integer not null default 0,
  wrong integer not null default 0,
  taken_back integer not null default 0,
  kept integer not null default 0,
  -- Why it could not be done as it was looked at.
  problem text,
  -- The categories that it added.
  categories uuid[] not null default '{}',
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint item_import_pkey primary key (tenant_id, id),
  constraint item_import_status check (status in ('uploaded', 'checking', 'checked', 'running', 'done', 'undoing', 'undone')),
  constraint item_import_lines check (lines between 1 and 25000)
);

create table item_import_row (
  tenant_id uuid not null default wall.current_tenant(),
  import_id uuid not null,
  line integer not null,
  cells text not null,
  outcome text not null default 'waiting',
  -- The heading of the column that the reason is about.
  about text,
  reason text,
  constraint item_import_row_pkey primary key (tenant_id, import_id, line),
  constraint item_import_row_import foreign key (tenant_id, import_id) references item_import (tenant_id, id) on delete cascade,
  constraint item_import_row_outcome check (outcome in ('waiting', 'new', 'changed', 'same', 'wrong'))
);
create index item_import_row_by_outcome on item_import_row (tenant_id, import_id, outcome, line);

-- No foreign key to the item: that it was removed by the undoing stays written here.
create table item_import_deed (
  tenant_id uuid not null default wall.current_tenant(),
  import_id uuid not null,
  item_id uuid not null,
  name text not null,
  -- How the import found the item (none: it made it) and how it left it, as JSON: nothing filters by it.
  before text,
  after text not null,
  outcome text not null default 'standing',
  constraint item_import_deed_pkey primary key (tenant_id, import_id, item_id),
  constraint item_import_deed_import foreign key (tenant_id, import_id) references item_import (tenant_id, id) on delete cascade,
  constraint item_import_deed_outcome check (outcome in ('standing', 'removed', 'archived', 'put_back', 'kept'))
);
create index item_import_deed_by_outcome on item_import_deed (tenant_id, import_id, outcome, item_id);

-- An item that is brought in is looked for by its code among those taken out of the book, too.
create index item_by_code on item (tenant_id, code);

-- Of these items, those that somebody has worked with: they are not removed. Parts of others are looked at by whoever asks.
create function items_in_use(ids uuid[]) returns setof uuid language plpgsql stable rows 100 as $$
begin
  return query
    select a.item_id from appointment a where a.tenant_id = wall.current_tenant() and a.item_id = any (ids)
    union select l.item_id from line_item l where l.tenant_id = wall.current_tenant() and l.item_id = any (ids)
    union select e.item_id from estimate_line e where e.tenant_id = wall.current_tenant() and e.item_id = any (ids)
    union select p.item_id from maintenance_plan p where p.tenant_id = wall.current_tenant() and p.item_id = any (ids)
    union select b.item_id from plan_billing b where b.tenant_id = wall.current_tenant() and b.item_id = any (ids)
    union select c.item_id from checklist_item c where c.tenant_id = wall.current_tenant() and c.item_id = any (ids)
    union select k.item_id from item_skill k where k.tenant_id = wall.current_tenant() and k.item_id = any (ids)
    union select k.item_id from item_credential k where k.tenant_id = wall.current_tenant() and k.item_id = any (ids)
    union select s.item_id from item_scheduling s where s.tenant_id = wall.current_tenant() and s.item_id = any (ids)
    union select m.item_id from markup m where m.tenant_id = wall.current_tenant() and m.item_id = any (ids)
    union select r.item_id from price_change_row r where r.tenant_id = wall.current_tenant() and r.item_id = any (ids);
end $$;

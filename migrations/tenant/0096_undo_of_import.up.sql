-- What an import did with each customer, and how it left them, so that it can be undone; imports that pause and stop.
alter table import
  add column taken_back integer not null default 0,
  add column kept integer not null default 0,
  -- How many it is to be undone for, once that is asked.
  add column deeds integer not null default 0,
  -- The customer up to whom it is undone.
  add column undone_to uuid,
  drop constraint import_status,
  add constraint import_status check (status in ('uploaded', 'checking', 'checked', 'running', 'paused', 'cancelled', 'done', 'undoing', 'undone'));

-- No foreign key to the customer: that somebody was removed by the undoing stays written here.
--! grant import_deed: select, insert, update(stands_at, parts, outcome, reason)
create table import_deed (
  tenant_id uuid not null default wall.current_tenant(),
  import_id uuid not null,
  customer_id uuid not null,
  -- Whether the import made them. If not, `before` is what it found, as JSON: nothing filters by it.
  made boolean not null,
  before text,
  -- The version at which it left the customer, and a digest of the ids and versions of their places and contacts.
  stands_at bigint not null,
  parts uuid not null,
  outcome text not null default 'standing',
  reason text,
  constraint import_deed_pkey primary key (tenant_id, import_id, customer_id),
  constraint import_deed_import foreign key (tenant_id, import_id) references import (tenant_id, id) on delete cascade,
  constraint import_deed_before check (made = (before is null)),
  constraint import_deed_outcome check (outcome in ('standing', 'removed', 'archived', 'put_back', 'kept')),
  constraint import_deed_reason check ((reason is not null) = (outcome = 'kept'))
);
create index import_deed_by_customer on import_deed (tenant_id, customer_id);
create index import_deed_kept on import_deed (tenant_id, import_id, customer_id) where outcome = 'kept';

-- Of these customers, those whom somebody has worked with: they are not removed. Whatever else refers to a customer holds
-- its foreign key against the removal.
create function customers_in_use(ids uuid[]) returns setof uuid language plpgsql stable rows 100 as $$
begin
  return query
    select a.customer_id from appointment a where a.tenant_id = wall.current_tenant() and a.customer_id = any (ids)
    union select w.customer_id from work_order w where w.tenant_id = wall.current_tenant() and w.customer_id = any (ids)
    union select i.customer_id from invoice i where i.tenant_id = wall.current_tenant() and i.customer_id = any (ids)
    union select p.customer_id from payment p where p.tenant_id = wall.current_tenant() and p.customer_id = any (ids)
    union select e.customer_id from equipment e where e.tenant_id = wall.current_tenant() and e.customer_id = any (ids)
    union select s.customer_id from consent s where s.tenant_id = wall.current_tenant() and s.customer_id = any (ids)
    union select t.customer_id from timeline_entry t where t.tenant_id = wall.current_tenant() and t.customer_id = any (ids) and t.kind = 'note';
end $$;

create function locations_in_use(ids uuid[]) returns setof uuid language plpgsql stable rows 100 as $$
begin
  return query
    select a.location_id from appointment a where a.tenant_id = wall.current_tenant() and a.location_id = any (ids)
    union select w.location_id from work_order w where w.tenant_id = wall.current_tenant() and w.location_id = any (ids)
    union select e.location_id from equipment e where e.tenant_id = wall.current_tenant() and e.location_id = any (ids);
end $$;

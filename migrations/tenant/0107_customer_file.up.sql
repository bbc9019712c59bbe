-- Files that a company keeps of its customers: permits, contracts, warranty papers, pictures of the house. The bytes lie beside
-- the database, by the id of the row.
create table customer_file (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  -- Where it belongs to one place of several.
  location_id uuid,
  -- As it came; whoever saves it again gets it under this name.
  name text not null,
  caption text,
  -- By its first bytes.
  media_type text not null,
  size bigint not null,
  author text not null,
  -- Out of sight since then; some days later the bytes go, and the row with them.
  removed_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint customer_file_pkey primary key (tenant_id, id),
  constraint customer_file_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint customer_file_location foreign key (tenant_id, location_id) references location (tenant_id, id),
  constraint customer_file_name check (length(name) between 1 and 120),
  constraint customer_file_caption check (length(caption) between 1 and 120),
  constraint customer_file_size check (size > 0)
);
create index customer_file_by_customer on customer_file (tenant_id, customer_id, id);
create index customer_file_by_location on customer_file (tenant_id, location_id);
create index customer_file_removed on customer_file (tenant_id, removed_at) where removed_at is not null;
--! grant customer_file: select, insert, delete, update(customer_id, location_id, caption, removed_at, version, updated_at)
create trigger remember after insert or update or delete on customer_file for each row execute function remember('customer_id');
create trigger customer_is_here before insert or update of customer_id on customer_file for each row execute function customer_is_here();
select ctl.within_reach(current_schema(), 'customer_file', 'customer', 'customer_id in (select reached_customer())');

-- Of whom files are kept is not removed when an import is undone.
create or replace function customers_in_use(ids uuid[]) returns setof uuid language plpgsql stable rows 100 as $$
begin
  return query
    select a.customer_id from appointment a where a.tenant_id = wall.current_tenant() and a.customer_id = any (ids)
    union select w.customer_id from work_order w where w.tenant_id = wall.current_tenant() and w.customer_id = any (ids)
    union select i.customer_id from invoice i where i.tenant_id = wall.current_tenant() and i.customer_id = any (ids)
    union select p.customer_id from payment p where p.tenant_id = wall.current_tenant() and p.customer_id = any (ids)
    union select e.customer_id from equipment e where e.tenant_id = wall.current_tenant() and e.customer_id = any (ids)
    union select s.customer_id from consent s where s.tenant_id = wall.current_tenant() and s.customer_id = any (ids)
    union select t.customer_id from timeline_entry t where t.tenant_id = wall.current_tenant() and t.customer_id = any (ids) and t.kind = 'note'
    union select m.customer_id from customer_merge m where m.tenant_id = wall.current_tenant() and m.customer_id = any (ids)
    union select m.gone_id from customer_merge m where m.tenant_id = wall.current_tenant() and m.gone_id = any (ids)
    union select r.customer_id from customer_relation r where r.tenant_id = wall.current_tenant() and r.customer_id = any (ids)
    union select r.other_id from customer_relation r where r.tenant_id = wall.current_tenant() and r.other_id = any (ids)
    union select f.customer_id from customer_file f where f.tenant_id = wall.current_tenant() and f.customer_id = any (ids);
end $$;
create or replace function locations_in_use(ids uuid[]) returns setof uuid language plpgsql stable rows 100 as $$
begin
  return query
    select a.location_id from appointment a where a.tenant_id = wall.current_tenant() and a.location_id = any (ids)
    union select w.location_id from work_order w where w.tenant_id = wall.current_tenant() and w.location_id = any (ids)
    union select e.location_id from equipment e where e.tenant_id = wall.current_tenant() and e.location_id = any (ids)
    union select f.location_id from customer_file f where f.tenant_id = wall.current_tenant() and f.location_id = any (ids);
end $$;

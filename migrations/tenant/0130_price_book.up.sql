-- The price book in full: categories in a tree, equipment and bundles, labor rates, markups, and by which rule an item is priced.
--! grant labor_rate: select, insert, update(name, name_key, price_minor, cost_minor, standard, status, version, updated_at)
--! grant markup: select, insert, delete, update(from_minor, markup_ppm, version, updated_at)
--! grant item_part: select, insert, delete, update(quantity_milli, position)

alter table category add column parent_id uuid;
alter table category add constraint category_parent foreign key (tenant_id, parent_id) references category (tenant_id, id);
create index category_by_parent on category (tenant_id, parent_id);
-- Siblings have names of their own; "Repairs" may stand under several.
drop index category_name_once;
create unique index category_name_once on category (tenant_id, coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), name_key) where status = 'active';

-- Two moves at once must not make a circle of it: they wait for each other.
create function category_is_a_tree() returns trigger language plpgsql set search_path from current as $$
declare above integer; below integer; circle boolean;
begin
  if new.parent_id is null then return new; end if;
  perform pg_advisory_xact_lock(hashtextextended('category ' || new.tenant_id::text, 0));
  with recursive up(id, n) as (
      select new.parent_id, 1
      union select c.parent_id, u.n + 1 from up u join category c on c.tenant_id = new.tenant_id and c.id = u.id
      where c.parent_id is not null and u.n < 8)
    select max(n), bool_or(id = new.id) into above, circle from up;
  if circle then raise exception 'a category below itself' using errcode = 'check_violation', constraint = 'category_no_circle'; end if;
  with recursive down(id, n) as (
      select new.id, 1
      union select c.id, d.n + 1 from down d join category c on c.tenant_id = new.tenant_id and c.parent_id = d.id where d.n < 8)
    select max(n) into below from down;
  if above + below > 5 then raise exception 'categories too deep' using errcode = 'check_violation', constraint = 'category_depth'; end if;
  return new;
end $$;
revoke execute on function category_is_a_tree() from public;
create trigger category_is_a_tree before insert or update of parent_id on category for each row execute function category_is_a_tree();

create table labor_rate (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text collate "C" not null,
  -- For an hour.
  price_minor bigint not null,
  cost_minor bigint,
  currency text not null,
  standard boolean not null default false,
  status text not null default 'active',
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint labor_rate_pkey primary key (tenant_id, id),
  constraint labor_rate_name check (length(name) between 1 and 80),
  constraint labor_rate_price check (price_minor between 0 and 100000000000),
  constraint labor_rate_cost check (cost_minor between 0 and 100000000000),
  constraint labor_rate_currency check (currency ~ '^[A-Z]{3}$'),
  constraint labor_rate_status check (status in ('active', 'archived')),
  constraint labor_rate_standard check (not standard or status = 'active')
);
create unique index labor_rate_name_once on labor_rate (tenant_id, name_key) where status = 'active';
create unique index labor_rate_one_standard on labor_rate (tenant_id) where standard;
create trigger remember after insert or update or delete on labor_rate for each row execute function remember();

alter table item drop constraint item_kind;
alter table item add constraint item_kind check (kind in ('service', 'material', 'labor', 'equipment', 'bundle'));
-- fixed: as it stands. time: minutes by the labor rate, and its parts. parts: the sum of its parts. markup: cost and what a rule adds.
alter table item add column pricing text not null default 'fixed';
alter table item add column labor_rate_id uuid;
-- A bundle is sold as one line, or as its parts.
alter table item add column sold_as text not null default 'one';
alter table item add constraint item_labor_rate foreign key (tenant_id, labor_rate_id) references labor_rate (tenant_id, id);
alter table item add constraint item_pricing check (case pricing when 'fixed' then true when 'time' then kind = 'service'
  when 'parts' then kind = 'bundle' when 'markup' then kind not in ('service', 'bundle') else false end);
alter table item add constraint item_sold_as check (sold_as = 'one' or (sold_as = 'parts' and kind = 'bundle' and pricing = 'parts'));
create index item_by_labor_rate on item (tenant_id, labor_rate_id);
create index item_reckoned on item (tenant_id, id) where pricing <> 'fixed' and status = 'active';

alter table line_item drop constraint line_item_kind;
alter table line_item add constraint line_item_kind check (kind in ('service', 'material', 'labor', 'equipment', 'bundle'));

-- What goes into a bundle, and what a service priced by its time uses up.
create table item_part (
  tenant_id uuid not null default wall.current_tenant(),
  item_id uuid not null,
  part_id uuid not null,
  quantity_milli bigint not null,
  position integer not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint item_part_pkey primary key (tenant_id, item_id, part_id),
  constraint item_part_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint item_part_part foreign key (tenant_id, part_id) references item (tenant_id, id),
  constraint item_part_quantity check (quantity_milli between 1 and 1000000000)
);
create index item_part_by_part on item_part (tenant_id, part_id);

create function parts_without_circle() returns trigger language plpgsql set search_path from current as $$
declare above integer; below integer; circle boolean;
begin
  perform pg_advisory_xact_lock(hashtextextended('item_part ' || new.tenant_id::text, 0));
  with recursive down(id, n) as (
      select new.part_id, 1
      union select p.part_id, d.n + 1 from down d join item_part p on p.tenant_id = new.tenant_id and p.item_id = d.id where d.n < 8)
    select max(n), bool_or(id = new.item_id) into below, circle from down;
  if circle then raise exception 'an item within itself' using errcode = 'check_violation', constraint = 'item_part_no_circle'; end if;
  with recursive up(id, n) as (
      select new.item_id, 1
      union select p.item_id, u.n + 1 from up u join item_part p on p.tenant_id = new.tenant_id and p.part_id = u.id where u.n < 8)
    select max(n) into above from up;
  if above + below > 5 then raise exception 'parts too deep' using errcode = 'check_violation', constraint = 'item_part_depth'; end if;
  return new;
end $$;
revoke execute on function parts_without_circle() from public;
create trigger parts_without_circle before insert on item_part for each row execute function parts_without_circle();

-- What is added to a cost: for an item, a category with all below it, the customers with a tag, or all. The narrowest counts.
-- Bands: from a cost on, until the next begins; what costs less than the first is left to the next wider one.
create table markup (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  item_id uuid,
  category_id uuid,
  tag_id uuid,
  from_minor bigint[] not null,
  markup_ppm bigint[] not null,
  currency text not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint markup_pkey primary key (tenant_id, id),
  constraint markup_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint markup_category foreign key (tenant_id, category_id) references category (tenant_id, id),
  constraint markup_tag foreign key (tenant_id, tag_id) references tag (tenant_id, id) on delete cascade,
  constraint markup_of_one check (num_nonnulls(item_id, category_id, tag_id) <= 1),
  constraint markup_bands check (cardinality(from_minor) between 1 and 20 and cardinality(from_minor) = cardinality(markup_ppm)),
  constraint markup_currency check (currency ~ '^[A-Z]{3}$')
);
create unique index markup_once on markup (tenant_id, coalesce(item_id, category_id, tag_id, '00000000-0000-0000-0000-000000000000'));
create index markup_by_item on markup (tenant_id, item_id);
create index markup_by_category on markup (tenant_id, category_id);
create index markup_by_tag on markup (tenant_id, tag_id);
create trigger remember after insert or update or delete on markup for each row execute function remember();

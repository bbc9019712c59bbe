-- What an item costs from which day on: its history, and what is planned. `item` has the figures of today.
--! backfill item
--! grant item_price: select, insert, delete, update(until_on)

create table item_price (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  item_id uuid not null,
  price_minor bigint not null,
  cost_minor bigint,
  -- From that day, until the day before the other; none: until further notice.
  from_on date not null,
  until_on date,
  why text not null,
  -- The change of many prices it belongs to.
  change_id uuid,
  created_at timestamptz not null,
  created_by uuid,
  constraint item_price_pkey primary key (tenant_id, id),
  constraint item_price_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint item_price_price check (price_minor between 0 and 100000000000),
  constraint item_price_cost check (cost_minor between 0 and 100000000000),
  constraint item_price_span check (until_on > from_on),
  constraint item_price_why check (why in ('found', 'new', 'changed', 'reckoned', 'many', 'undone', 'import')),
  constraint item_price_one_at_a_time exclude using gist (tenant_id with =, item_id with =, daterange(from_on, until_on) with &&)
);
create index item_price_by_item on item_price (tenant_id, item_id, from_on);
create index item_price_by_change on item_price (tenant_id, change_id, item_id);
create index item_price_by_day on item_price (tenant_id, from_on, item_id);

insert into item_price (tenant_id, id, item_id, price_minor, cost_minor, from_on, why, created_at, created_by)
select i.tenant_id, i.id, i.id, i.price_minor, i.cost_minor, (i.created_at - interval '1 day')::date, 'found', i.created_at, i.created_by from item i;

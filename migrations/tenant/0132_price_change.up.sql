-- Changes of many prices at once: which items, by how much, from when, and each item's price before and after, to take it back whole.
--! grant price_change: select, insert, update(status, kept_items, undone_at, version, updated_at)
--! grant price_change_row: select, insert

create table price_change (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  -- Which: a category with all below it, a kind, words.
  category_id uuid,
  kind text,
  words text,
  how text not null,
  -- Millionths, or minor units of an amount.
  by_value bigint not null,
  round text not null,
  effective_on date not null,
  items bigint not null,
  was_minor bigint not null,
  new_minor bigint not null,
  currency text not null,
  status text not null,
  -- Of those it was taken back for, how many had been changed since and stayed.
  kept_items bigint,
  undone_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint price_change_pkey primary key (tenant_id, id),
  constraint price_change_category foreign key (tenant_id, category_id) references category (tenant_id, id),
  constraint price_change_words check (length(words) between 1 and 200),
  constraint price_change_how check (how in ('percent', 'amount', 'markup', 'margin')),
  constraint price_change_round check (round in ('none', 'up_99', 'up_95', 'whole', 'five', 'ten')),
  constraint price_change_items check (items between 1 and 5000),
  constraint price_change_currency check (currency ~ '^[A-Z]{3}$'),
  constraint price_change_status check (status in ('applied', 'undone'))
);
create index price_change_by_category on price_change (tenant_id, category_id);
create trigger remember after insert or update or delete on price_change for each row execute function remember();

create table price_change_row (
  tenant_id uuid not null default wall.current_tenant(),
  change_id uuid not null,
  item_id uuid not null,
  was_minor bigint not null,
  new_minor bigint not null,
  cost_minor bigint,
  constraint price_change_row_pkey primary key (tenant_id, change_id, item_id),
  constraint price_change_row_change foreign key (tenant_id, change_id) references price_change (tenant_id, id),
  constraint price_change_row_item foreign key (tenant_id, item_id) references item (tenant_id, id)
);
create index price_change_row_by_item on price_change_row (tenant_id, item_id);

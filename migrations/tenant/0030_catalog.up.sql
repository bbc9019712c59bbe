-- The price book: categories, what is sold, and the taxes on it.

create table tax_rate (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  rate_ppm bigint not null,
  standard boolean not null default false,
  status text not null default 'active',
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint tax_rate_pkey primary key (tenant_id, id),
  constraint tax_rate_name check (length(name) between 1 and 80),
  constraint tax_rate_rate check (rate_ppm between 0 and 1000000),
  constraint tax_rate_status check (status in ('active', 'archived'))
);
create unique index tax_rate_one_standard on tax_rate (tenant_id) where standard;

create table category (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text collate "C" not null,
  position integer not null default 0,
  status text not null default 'active',
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint category_pkey primary key (tenant_id, id),
  constraint category_name check (length(name) between 1 and 80),
  constraint category_status check (status in ('active', 'archived'))
);
create unique index category_name_once on category (tenant_id, name_key) where status = 'active';
create index category_in_order on category (tenant_id, status, position, name_key, id);

create table item (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  category_id uuid,
  kind text not null,
  name text not null,
  name_key text collate "C" not null,
  code text,
  description text,
  unit text,
  duration_minutes integer not null default 0,
  price_minor bigint not null,
  currency text not null,
  tax_rate_id uuid,
  online boolean not null default false,
  status text not null default 'active',
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint item_pkey primary key (tenant_id, id),
  constraint item_category foreign key (tenant_id, category_id) references category (tenant_id, id),
  constraint item_tax_rate foreign key (tenant_id, tax_rate_id) references tax_rate (tenant_id, id),
  constraint item_kind check (kind in ('service', 'material', 'labor')),
  constraint item_name check (length(name) between 1 and 120),
  constraint item_description check (length(description) <= 2000),
  constraint item_price check (price_minor between 0 and 100000000000),
  constraint item_currency check (currency ~ '^[A-Z]{3}$'),
  constraint item_duration check (duration_minutes between 0 and 1440),
  constraint item_service_duration check (kind <> 'service' or duration_minutes > 0),
  constraint item_online_service check (not online or kind = 'service'),
  constraint item_status check (status in ('active', 'archived'))
);
create unique index item_code_once on item (tenant_id, code) where code is not null and status = 'active';
create index item_by_name on item (tenant_id, status, name_key, id);
create index item_by_category on item (tenant_id, category_id, status, name_key, id);
create index item_by_tax_rate on item (tenant_id, tax_rate_id);
create index item_bookable on item (tenant_id, name_key, id) where online and status = 'active';

-- No foreign key, as with the words of customers.
create table item_word (
  tenant_id uuid not null default wall.current_tenant(),
  item_id uuid not null,
  word text collate "C" not null,
  constraint item_word_pkey primary key (tenant_id, item_id, word)
);
create index item_word_by_word on item_word (tenant_id, word, item_id);

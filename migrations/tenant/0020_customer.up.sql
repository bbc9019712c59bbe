-- Customers with their contacts and service locations, and the words by which they are found.

create table customer_counter (
  tenant_id uuid not null default wall.current_tenant(),
  next bigint not null,
  constraint customer_counter_pkey primary key (tenant_id),
  constraint customer_counter_next check (next >= 1)
);

-- `place` and `city_key` repeat the first location, so that a list needs no join and the filter by city has an index.
create table customer (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  number bigint not null,
  kind text not null default 'person',
  name text not null,
  name_key text collate "C" not null,
  email text,
  email_key text,
  phone text,
  phone_key text,
  notes text,
  external_id text,
  place text,
  city text,
  city_key text,
  status text not null default 'active',
  archived_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint customer_pkey primary key (tenant_id, id),
  constraint customer_number_once unique (tenant_id, number),
  constraint customer_external_id_once unique (tenant_id, external_id),
  constraint customer_kind check (kind in ('person', 'company')),
  constraint customer_status check (status in ('active', 'archived')),
  constraint customer_name check (length(name) between 1 and 200),
  constraint customer_notes check (length(notes) <= 10000),
  constraint customer_archived check ((status = 'archived') = (archived_at is not null))
);
create index customer_by_name on customer (tenant_id, status, name_key, id);
create index customer_by_city on customer (tenant_id, status, city_key, name_key, id);
create index customer_by_email on customer (tenant_id, email_key) where email_key is not null;
create index customer_by_phone on customer (tenant_id, phone_key) where phone_key is not null;
create index customer_by_plain_name on customer (tenant_id, name_key);

-- No foreign key: a customer has a dozen words, each would be checked, and no customer is ever deleted alone.
create table customer_word (
  tenant_id uuid not null default wall.current_tenant(),
  customer_id uuid not null,
  word text collate "C" not null,
  constraint customer_word_pkey primary key (tenant_id, customer_id, word)
);
create index customer_word_by_word on customer_word (tenant_id, word, customer_id);

create table contact (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  name text not null,
  role text,
  email text,
  phone text,
  position integer not null default 0,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint contact_pkey primary key (tenant_id, id),
  constraint contact_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade,
  constraint contact_name check (length(name) between 1 and 200)
);
create index contact_by_customer on contact (tenant_id, customer_id, position, id);

create table location (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  label text,
  street text not null,
  unit text,
  city text,
  region text,
  postal_code text,
  country text not null,
  access_notes text,
  position integer not null default 0,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint location_pkey primary key (tenant_id, id),
  constraint location_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade,
  constraint location_street check (length(street) between 1 and 200),
  constraint location_country check (country ~ '^[A-Z]{2}$'),
  constraint location_access_notes check (length(access_notes) <= 2000)
);
create index location_by_customer on location (tenant_id, customer_id, position, id);

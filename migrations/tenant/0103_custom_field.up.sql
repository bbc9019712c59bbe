-- Fields of a company's own, and what stands in them of each customer, by their keys.
create table custom_field (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  -- By it programs name the field; it stays.
  key text collate "C" not null,
  label text not null,
  kind text not null,
  choices text[] not null default '{}',
  required boolean not null default false,
  position integer not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint custom_field_pkey primary key (tenant_id, id),
  constraint custom_field_key_once unique (tenant_id, key),
  constraint custom_field_key check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  constraint custom_field_label check (length(label) between 1 and 60),
  constraint custom_field_kind check (kind in ('text', 'number', 'date', 'flag', 'choice')),
  constraint custom_field_choices check (cardinality(choices) <= 50 and (kind = 'choice') = (cardinality(choices) > 0)),
  constraint custom_field_position check (position between 1 and 1000)
);
create index custom_field_in_order on custom_field (tenant_id, position, id);
create trigger remember after insert or update or delete on custom_field for each row execute function remember();

-- With the customer, for they are shown together; nobody looks for customers by it but through their words.
alter table customer add column custom jsonb not null default '{}';
alter table customer add constraint customer_custom check (jsonb_typeof(custom) = 'object');

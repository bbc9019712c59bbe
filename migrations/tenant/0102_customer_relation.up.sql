-- How customers stand to each other: what the other is to the customer. Each is kept once and read from both ends.
--! grant customer_relation: select, insert, delete, update(customer_id, other_id)
create table customer_relation (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  -- Of two ways to say the same (landlord, tenant) always the first.
  kind text not null,
  other_id uuid not null,
  note text,
  created_at timestamptz not null,
  created_by uuid,
  constraint customer_relation_pkey primary key (tenant_id, id),
  constraint customer_relation_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade,
  constraint customer_relation_other foreign key (tenant_id, other_id) references customer (tenant_id, id) on delete cascade,
  constraint customer_relation_once unique (tenant_id, customer_id, kind, other_id),
  constraint customer_relation_kind check (kind in ('landlord', 'property_manager', 'parent_company', 'payer', 'referred_by', 'family', 'other')),
  constraint customer_relation_two check (customer_id <> other_id),
  constraint customer_relation_note check (length(note) <= 200)
);
create index customer_relation_of on customer_relation (tenant_id, customer_id, id);
create index customer_relation_of_other on customer_relation (tenant_id, other_id, id);
create trigger customer_is_here before insert or update of customer_id on customer_relation for each row execute function customer_is_here();
-- Who reaches one end alone does not learn of the other.
select ctl.within_reach(current_schema(), 'customer_relation', 'customer',
  'customer_id in (select reached_customer()) and other_id in (select reached_customer())');

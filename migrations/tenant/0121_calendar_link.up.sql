-- Secret addresses under which a calendar program finds the visits of one technician or of one customer. Only the hash of the secret is
-- kept, so that whoever reads the table cannot read a calendar.
--! grant calendar_link: select, insert, delete, update(customer_id, token_hash, renewed_at, version, updated_at)
create table calendar_link (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  technician_id uuid,
  customer_id uuid,
  -- Whose calendar program it is in.
  label text not null,
  token_hash text not null,
  renewed_at timestamptz not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint calendar_link_pkey primary key (tenant_id, id),
  constraint calendar_link_token_once unique (tenant_id, token_hash),
  constraint calendar_link_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint calendar_link_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade,
  constraint calendar_link_of_one check (num_nonnulls(technician_id, customer_id) = 1),
  constraint calendar_link_label check (length(label) between 1 and 60),
  constraint calendar_link_token check (length(token_hash) = 64)
);
create index calendar_link_by_technician on calendar_link (tenant_id, technician_id, id);
create index calendar_link_by_customer on calendar_link (tenant_id, customer_id, id);
create trigger remember after insert or update or delete on calendar_link for each row execute function remember();
create trigger customer_is_here before insert or update of customer_id on calendar_link for each row when (new.customer_id is not null) execute function customer_is_here();
select ctl.within_reach(current_schema(), 'calendar_link', 'customer', 'customer_id in (select reached_customer()) or technician_id in (select reached_lane(''customer''))');

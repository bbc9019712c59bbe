-- Estimates: what the work would cost, in up to five options of which the customer chooses one, with lines they may tick.
--! grant estimate: select, insert, delete, update(customer_id, location_id, work_order_id, status, number, sequence, revision, title, note, terms, valid_until, deposit_ppm, deposit_minor, tax_rules, tax_note, total_minor, sent_at, viewed_at, decided_at, made_order_id, deposit_invoice_id, version, updated_at)
--! grant estimate_option: select, insert, delete, update(position)
--! grant estimate_line: select, insert, delete, update(position)

create table estimate (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  location_id uuid,
  -- The job it belongs to, where there is one already.
  work_order_id uuid,
  status text not null default 'draft',
  -- Given when it is first sent.
  number text,
  sequence bigint,
  -- How often it was sent.
  revision integer not null default 0,
  title text not null,
  note text,
  terms text,
  valid_until date,
  -- Asked for on approval: millionths of the total, and an amount besides.
  deposit_ppm bigint not null default 0,
  deposit_minor bigint not null default 0,
  currency text not null,
  -- The rules it is added up by, and why it has no tax, or not all.
  tax_rules text not null default 'on_top half_up document',
  tax_note text,
  -- Of the recommended option; once approved, of what was chosen.
  total_minor bigint not null default 0,
  sent_at timestamptz,
  viewed_at timestamptz,
  decided_at timestamptz,
  -- What it became.
  made_order_id uuid,
  deposit_invoice_id uuid,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint estimate_pkey primary key (tenant_id, id),
  constraint estimate_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint estimate_location foreign key (tenant_id, location_id) references location (tenant_id, id),
  constraint estimate_work_order foreign key (tenant_id, work_order_id) references work_order (tenant_id, id),
  constraint estimate_made_order foreign key (tenant_id, made_order_id) references work_order (tenant_id, id),
  constraint estimate_deposit_invoice foreign key (tenant_id, deposit_invoice_id) references invoice (tenant_id, id),
  constraint estimate_number_once unique (tenant_id, number),
  constraint estimate_sequence_once unique (tenant_id, sequence),
  constraint estimate_status check (status in ('draft', 'sent', 'viewed', 'approved', 'declined', 'expired', 'withdrawn')),
  constraint estimate_numbered check ((revision = 0) = (number is null) and (number is null) = (sequence is null)),
  constraint estimate_was_sent check (status = 'draft' or revision > 0),
  constraint estimate_title check (length(title) between 1 and 200),
  constraint estimate_deposit check (deposit_ppm between 0 and 1000000 and deposit_minor between 0 and 1000000000000),
  constraint estimate_tax_rules check (tax_rules ~ '^(on_top|included) (half_up|half_even) (line|document)$'),
  constraint estimate_tax_note check (length(tax_note) between 1 and 200),
  constraint estimate_currency check (currency ~ '^[A-Z]{3}$'),
  constraint estimate_made check (status = 'approved' or made_order_id is null)
);
create index estimate_by_customer on estimate (tenant_id, customer_id, id);
create index estimate_by_location on estimate (tenant_id, location_id);
create index estimate_by_work_order on estimate (tenant_id, work_order_id);
create index estimate_by_made_order on estimate (tenant_id, made_order_id);
create index estimate_by_deposit_invoice on estimate (tenant_id, deposit_invoice_id);
create index estimate_by_status on estimate (tenant_id, status, id);
create index estimate_open on estimate (tenant_id, valid_until, id) where status in ('sent', 'viewed');
create index estimate_decided on estimate (tenant_id, decided_at, id) where decided_at is not null;
create trigger remember after insert or update or delete on estimate for each row execute function remember();
create trigger customer_is_here before insert or update of customer_id on estimate for each row execute function customer_is_here();

create table estimate_option (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  estimate_id uuid not null,
  position integer not null,
  name text not null,
  says text,
  recommended boolean not null default false,
  -- Millionths of its lines, and an amount besides.
  discount_ppm bigint not null default 0,
  discount_minor bigint not null default 0,
  created_at timestamptz not null,
  constraint estimate_option_pkey primary key (tenant_id, id),
  constraint estimate_option_estimate foreign key (tenant_id, estimate_id) references estimate (tenant_id, id),
  constraint estimate_option_name check (length(name) between 1 and 60),
  constraint estimate_option_discount check (discount_ppm between 0 and 1000000 and discount_minor between 0 and 1000000000000)
);
create index estimate_option_by_estimate on estimate_option (tenant_id, estimate_id, position);
create trigger remember after insert or update or delete on estimate_option for each row execute function remember('estimate_id');

create table estimate_line (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  estimate_id uuid not null,
  option_id uuid not null,
  position integer not null,
  item_id uuid,
  kind text not null,
  description text not null,
  detail text,
  quantity_milli bigint not null,
  unit_price_minor bigint not null,
  -- Name, rate and whether it is also on those before it, in order; and of which tax of the price book they are.
  taxes jsonb not null default '[]',
  tax_rate_id uuid,
  -- The customer ticks it, or does not.
  optional boolean not null default false,
  created_at timestamptz not null,
  constraint estimate_line_pkey primary key (tenant_id, id),
  constraint estimate_line_estimate foreign key (tenant_id, estimate_id) references estimate (tenant_id, id),
  constraint estimate_line_option foreign key (tenant_id, option_id) references estimate_option (tenant_id, id),
  constraint estimate_line_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint estimate_line_kind check (kind in ('service', 'material', 'labor', 'equipment', 'bundle')),
  constraint estimate_line_quantity check (quantity_milli between 1 and 1000000000),
  constraint estimate_line_price check (unit_price_minor between -100000000000 and 100000000000),
  constraint estimate_line_taxes check (jsonb_typeof(taxes) = 'array' and jsonb_array_length(taxes) <= 10),
  constraint estimate_line_tax_rate foreign key (tenant_id, tax_rate_id) references tax_rate (tenant_id, id)
);
create index estimate_line_by_estimate on estimate_line (tenant_id, estimate_id);
create index estimate_line_by_option on estimate_line (tenant_id, option_id, position);
create index estimate_line_by_tax_rate on estimate_line (tenant_id, tax_rate_id);
create index estimate_line_by_item on estimate_line (tenant_id, item_id);
create trigger remember after insert or update or delete on estimate_line for each row execute function remember('estimate_id');

create function reached_estimate() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query select e.id from estimate e
    where e.tenant_id = wall.current_tenant() and e.customer_id in (select reached_customer());
end $$;
revoke execute on function reached_estimate() from public;
select
  ctl.within_reach(current_schema(), 'estimate', 'customer', 'customer_id in (select reached_customer())'),
  ctl.within_reach(current_schema(), 'estimate_option', 'customer', 'estimate_id in (select reached_estimate())'),
  ctl.within_reach(current_schema(), 'estimate_line', 'customer', 'estimate_id in (select reached_estimate())');

-- For whom something was estimated is not removed when an import is undone, nor the place it is about.
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
    union select f.customer_id from customer_file f where f.tenant_id = wall.current_tenant() and f.customer_id = any (ids)
    union select n.customer_id from maintenance_plan n where n.tenant_id = wall.current_tenant() and n.customer_id = any (ids)
    union select o.customer_id from estimate o where o.tenant_id = wall.current_tenant() and o.customer_id = any (ids);
end $$;
create or replace function locations_in_use(ids uuid[]) returns setof uuid language plpgsql stable rows 100 as $$
begin
  return query
    select a.location_id from appointment a where a.tenant_id = wall.current_tenant() and a.location_id = any (ids)
    union select w.location_id from work_order w where w.tenant_id = wall.current_tenant() and w.location_id = any (ids)
    union select e.location_id from equipment e where e.tenant_id = wall.current_tenant() and e.location_id = any (ids)
    union select f.location_id from customer_file f where f.tenant_id = wall.current_tenant() and f.location_id = any (ids)
    union select n.location_id from maintenance_plan n where n.tenant_id = wall.current_tenant() and n.location_id = any (ids)
    union select o.location_id from estimate o where o.tenant_id = wall.current_tenant() and o.location_id = any (ids);
end $$;

-- What settles an invoice besides payments: credit notes, a customer's credit, what is written off; and money given back.
--! backfill ledger_account
--! grant credit_note: select, insert, update(customer_id)
--! grant credit_note_line: select, insert
--! grant customer_credit: select, insert, update(customer_id)
--! grant write_off: select, insert, update(reversed_on)

alter table invoice add column credited_minor bigint not null default 0, add column written_off_minor bigint not null default 0;
alter table invoice drop constraint invoice_status;
alter table invoice add constraint invoice_status check (status in ('draft', 'issued', 'part_paid', 'paid', 'written_off', 'void'));
alter table invoice drop constraint invoice_paid;
alter table invoice add constraint invoice_paid check (
  paid_minor >= 0 and credited_minor >= 0 and written_off_minor >= 0 and
  case status
    when 'paid' then paid_minor + credited_minor = total_minor and written_off_minor = 0
    when 'written_off' then paid_minor + credited_minor + written_off_minor = total_minor and written_off_minor > 0
    when 'part_paid' then paid_minor + credited_minor > 0 and paid_minor + credited_minor < total_minor and written_off_minor = 0
    else paid_minor + credited_minor + written_off_minor = 0
  end);

-- Of a payment what went beyond the invoice and is kept for the customer.
alter table payment add column kept_minor bigint not null default 0;
alter table payment add constraint payment_kept check (kept_minor between 0 and amount_minor);

-- Gives an issued invoice back, whole or in part.
create table credit_note (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  invoice_id uuid not null,
  customer_id uuid not null,
  number text not null,
  sequence bigint not null,
  issued_on date not null,
  reason text not null,
  currency text not null,
  net_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null,
  -- What was open and is no more; the rest is the customer's credit.
  applied_minor bigint not null,
  -- The taxes given back, by name and rate.
  taxes jsonb not null,
  bill_to text not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint credit_note_pkey primary key (tenant_id, id),
  constraint credit_note_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint credit_note_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint credit_note_number_once unique (tenant_id, number),
  constraint credit_note_sequence_once unique (tenant_id, sequence),
  constraint credit_note_reason check (length(reason) between 1 and 300),
  constraint credit_note_currency check (currency ~ '^[A-Z]{3}$'),
  constraint credit_note_adds_up check (total_minor = net_minor + tax_minor and total_minor > 0),
  constraint credit_note_applied check (applied_minor between 0 and total_minor)
);
create index credit_note_of_invoice on credit_note (tenant_id, invoice_id, id);
create index credit_note_of_customer on credit_note (tenant_id, customer_id, id);

create table credit_note_line (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  credit_note_id uuid not null,
  invoice_line_id uuid not null,
  position integer not null,
  description text not null,
  quantity_milli bigint not null,
  amount_minor bigint not null,
  created_at timestamptz not null default now(),
  constraint credit_note_line_pkey primary key (tenant_id, id),
  constraint credit_note_line_note foreign key (tenant_id, credit_note_id) references credit_note (tenant_id, id),
  constraint credit_note_line_of foreign key (tenant_id, invoice_line_id) references invoice_line (tenant_id, id),
  constraint credit_note_line_quantity check (quantity_milli > 0)
);
create index credit_note_line_of_note on credit_note_line (tenant_id, credit_note_id, position);
create index credit_note_line_by_line on credit_note_line (tenant_id, invoice_line_id);

-- What the company keeps for a customer: each entry more or less of it; their sum is never below nothing.
create table customer_credit (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  kind text not null,
  amount_minor bigint not null,
  currency text not null,
  invoice_id uuid,
  payment_id uuid,
  credit_note_id uuid,
  -- Of money given back.
  method text,
  reference text,
  on_day date not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint customer_credit_pkey primary key (tenant_id, id),
  constraint customer_credit_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint customer_credit_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint customer_credit_payment foreign key (tenant_id, payment_id) references payment (tenant_id, id),
  constraint customer_credit_note foreign key (tenant_id, credit_note_id) references credit_note (tenant_id, id),
  constraint customer_credit_kind check (kind in ('overpaid', 'overpaid_back', 'credit_note', 'used', 'refunded')),
  constraint customer_credit_amount check (amount_minor <> 0 and (amount_minor > 0) = (kind in ('overpaid', 'credit_note'))),
  constraint customer_credit_method check ((kind = 'refunded') = (method is not null) and method in ('cash', 'cheque', 'transfer', 'card_terminal')),
  constraint customer_credit_currency check (currency ~ '^[A-Z]{3}$')
);
create index customer_credit_of_customer on customer_credit (tenant_id, customer_id, id);
create index customer_credit_by_invoice on customer_credit (tenant_id, invoice_id);
create index customer_credit_by_payment on customer_credit (tenant_id, payment_id);
create index customer_credit_by_note on customer_credit (tenant_id, credit_note_id);

-- What nobody will pay any more; taken back when somebody does.
create table write_off (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  invoice_id uuid not null,
  amount_minor bigint not null,
  currency text not null,
  on_day date not null,
  reason text not null,
  reversed_on date,
  created_at timestamptz not null,
  created_by uuid,
  constraint write_off_pkey primary key (tenant_id, id),
  constraint write_off_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint write_off_amount check (amount_minor > 0),
  constraint write_off_reason check (length(reason) between 1 and 300)
);
create index write_off_of_invoice on write_off (tenant_id, invoice_id, id);
create unique index write_off_once on write_off (tenant_id, invoice_id) where reversed_on is null;

create trigger customer_is_here before insert or update of customer_id on credit_note for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on customer_credit for each row execute function customer_is_here();
create trigger moves_by_merge before update of customer_id on credit_note for each row execute function moves_by_merge();
create trigger moves_by_merge before update of customer_id on customer_credit for each row execute function moves_by_merge();
select ctl.within_reach(current_schema(), 'credit_note', 'customer', 'invoice_id in (select reached_invoice())');
select ctl.within_reach(current_schema(), 'credit_note_line', 'customer', 'credit_note_id in (select n.id from credit_note n where n.tenant_id = wall.current_tenant())');
select ctl.within_reach(current_schema(), 'customer_credit', 'customer', 'customer_id in (select reached_customer())');
select ctl.within_reach(current_schema(), 'write_off', 'customer', 'invoice_id in (select reached_invoice())');

-- Money given back has no invoice. Who reaches some customers only may post it; reading the ledger is for those who reach all.
alter table voucher alter column invoice_id drop not null;
create or replace function reached_voucher() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query select v.id from voucher v
    where v.tenant_id = wall.current_tenant() and (v.invoice_id is null or v.invoice_id in (select reached_invoice()));
end $$;
drop policy reach on voucher;
select ctl.within_reach(current_schema(), 'voucher', 'customer', 'invoice_id is null or invoice_id in (select reached_invoice())');
alter table voucher drop constraint voucher_kind;
alter table voucher add constraint voucher_kind check (kind in
  ('invoice', 'payment', 'payment_reversal', 'void', 'credit_note', 'credit_used', 'refund', 'write_off', 'write_off_reversal'));
-- Companies with books get the two accounts that are new; all others begin with them.
insert into ledger_account (tenant_id, id, code, name, kind)
select b.tenant_id, gen_random_uuid(), n.code, n.name, n.kind
from (select distinct tenant_id from ledger_account) b
cross join (values ('2100', 'Credit kept for customers', 'liability'), ('6100', 'Bad debts', 'expense')) n(code, name, kind)
on conflict (tenant_id, code) do nothing;

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
    union select x.customer_id from tax_exemption x where x.tenant_id = wall.current_tenant() and x.customer_id = any (ids)
    union select k.customer_id from customer_credit k where k.tenant_id = wall.current_tenant() and k.customer_id = any (ids)
    union select g.customer_id from credit_note g where g.tenant_id = wall.current_tenant() and g.customer_id = any (ids)
    union select o.customer_id from estimate o where o.tenant_id = wall.current_tenant() and o.customer_id = any (ids);
end $$;

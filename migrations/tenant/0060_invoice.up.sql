-- Invoices, payments by hand, and the double-entry ledger behind both.
--! grant number_series: select, insert, update(next)
--! grant invoice_tax: select, insert
--! grant payment: select, insert, update(reversed_on, reversed_reason)
--! grant ledger_account: select, insert, update(name)
--! grant voucher: select, insert
--! grant voucher_entry: select, insert

create table number_series (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  next bigint not null,
  created_at timestamptz not null default now(),
  constraint number_series_pkey primary key (tenant_id, id),
  constraint number_series_once unique (tenant_id, name),
  constraint number_series_next check (next >= 1)
);

create table invoice (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  work_order_id uuid,
  status text not null default 'draft',
  number text,
  sequence bigint,
  currency text not null,
  terms_days integer not null,
  issued_on date,
  issued_at timestamptz,
  due_on date,
  bill_to text not null default '',
  note text,
  reference text,
  subtotal_minor bigint not null default 0,
  discount_minor bigint not null default 0,
  tax_minor bigint not null default 0,
  total_minor bigint not null default 0,
  paid_minor bigint not null default 0,
  voided_at timestamptz,
  void_reason text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint invoice_pkey primary key (tenant_id, id),
  constraint invoice_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint invoice_work_order foreign key (tenant_id, work_order_id) references work_order (tenant_id, id),
  constraint invoice_number_once unique (tenant_id, number),
  constraint invoice_sequence_once unique (tenant_id, sequence),
  constraint invoice_status check (status in ('draft', 'issued', 'part_paid', 'paid', 'void')),
  constraint invoice_currency check (currency ~ '^[A-Z]{3}$'),
  constraint invoice_terms check (terms_days between 0 and 365),
  constraint invoice_numbered check ((status = 'draft') = (number is null) and (number is null) = (sequence is null)),
  constraint invoice_dated check (status = 'draft' or (issued_on is not null and issued_at is not null and due_on is not null)),
  constraint invoice_adds_up check (total_minor = subtotal_minor - discount_minor + tax_minor),
  constraint invoice_total check (total_minor >= 0 or status = 'draft'),
  constraint invoice_paid check (
    case status
      when 'paid' then paid_minor = total_minor
      when 'part_paid' then paid_minor > 0 and paid_minor < total_minor
      else paid_minor = 0
    end),
  constraint invoice_voided check ((status = 'void') = (voided_at is not null))
);
create unique index invoice_work_order_once on invoice (tenant_id, work_order_id) where status <> 'void';
create index invoice_of_work_order on invoice (tenant_id, work_order_id);
create index invoice_of_customer on invoice (tenant_id, customer_id, id);
create index invoice_by_status on invoice (tenant_id, status, id);
create index invoice_open on invoice (tenant_id, due_on, id) where status in ('issued', 'part_paid');

create table invoice_line (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  invoice_id uuid not null,
  position integer not null,
  description text not null,
  detail text,
  quantity_milli bigint not null,
  unit_price_minor bigint not null,
  discount_minor bigint not null default 0,
  amount_minor bigint not null,
  tax_name text not null default '',
  tax_rate_ppm bigint not null default 0,
  created_at timestamptz not null default now(),
  constraint invoice_line_pkey primary key (tenant_id, id),
  constraint invoice_line_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint invoice_line_quantity check (quantity_milli between 1 and 1000000000),
  constraint invoice_line_discount check (discount_minor >= 0),
  constraint invoice_line_rate check (tax_rate_ppm between 0 and 1000000)
);
create index invoice_line_of_invoice on invoice_line (tenant_id, invoice_id, position);

-- What was charged by tax and rate, kept as it was rounded on the day of issue.
create table invoice_tax (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  invoice_id uuid not null,
  name text not null,
  rate_ppm bigint not null,
  base_minor bigint not null,
  tax_minor bigint not null,
  created_at timestamptz not null default now(),
  constraint invoice_tax_pkey primary key (tenant_id, id),
  constraint invoice_tax_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint invoice_tax_once unique (tenant_id, invoice_id, name, rate_ppm)
);

create table payment (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  invoice_id uuid not null,
  customer_id uuid not null,
  amount_minor bigint not null,
  currency text not null,
  method text not null,
  reference text,
  received_on date not null,
  reversed_on date,
  reversed_reason text,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint payment_pkey primary key (tenant_id, id),
  constraint payment_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint payment_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint payment_amount check (amount_minor > 0),
  constraint payment_method check (method in ('cash', 'cheque', 'transfer', 'card_terminal'))
);
create index payment_of_invoice on payment (tenant_id, invoice_id, id);
create index payment_of_customer on payment (tenant_id, customer_id, id);
create index payment_by_day on payment (tenant_id, received_on);

create table ledger_account (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  code text not null,
  name text not null,
  kind text not null,
  created_at timestamptz not null default now(),
  constraint ledger_account_pkey primary key (tenant_id, id),
  constraint ledger_account_once unique (tenant_id, code),
  constraint ledger_account_kind check (kind in ('asset', 'liability', 'equity', 'income', 'expense'))
);

create table voucher (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  number bigint not null,
  kind text not null,
  posted_on date not null,
  subject uuid not null,
  invoice_id uuid not null,
  currency text not null,
  memo text not null,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint voucher_pkey primary key (tenant_id, id),
  constraint voucher_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint voucher_number_once unique (tenant_id, number),
  constraint voucher_once unique (tenant_id, kind, subject),
  constraint voucher_kind check (kind in ('invoice', 'payment', 'payment_reversal', 'void'))
);
create index voucher_of_invoice on voucher (tenant_id, invoice_id, id);
create index voucher_by_day on voucher (tenant_id, posted_on, id);

create table voucher_entry (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  voucher_id uuid not null,
  position integer not null,
  account_id uuid not null,
  debit_minor bigint not null,
  credit_minor bigint not null,
  memo text not null default '',
  created_at timestamptz not null default now(),
  constraint voucher_entry_pkey primary key (tenant_id, id),
  constraint voucher_entry_voucher foreign key (tenant_id, voucher_id) references voucher (tenant_id, id),
  constraint voucher_entry_account foreign key (tenant_id, account_id) references ledger_account (tenant_id, id),
  constraint voucher_entry_one_side check (debit_minor >= 0 and credit_minor >= 0 and (debit_minor = 0) <> (credit_minor = 0))
);
create index voucher_entry_of_voucher on voucher_entry (tenant_id, voucher_id, position);
create index voucher_entry_of_account on voucher_entry (tenant_id, account_id, id);

-- A number series goes up by one and never back: a gap would need two writers to agree on it.
create function number_series_climbs() returns trigger language plpgsql as $$
begin
  if new.next <> old.next + 1 then
    raise exception 'a number series goes up by one' using errcode = '23514', constraint = 'number_series_climbs';
  end if;
  return new;
end $$;
revoke execute on function number_series_climbs() from public;
create trigger number_series_climbs before update on number_series for each row execute function number_series_climbs();

-- What was issued stays as it was issued; only what is paid, and whether it is void, moves on.
create function invoice_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    -- Without a bound tenant it is the operator who removes a whole company; the program itself sees no row then.
    if old.status <> 'draft' and wall.current_tenant() is not null then
      raise exception 'an issued invoice is not deleted' using errcode = '23514', constraint = 'invoice_stays';
    end if;
    return old;
  end if;
  if old.status = 'draft' then
    if new.status not in ('draft', 'issued', 'paid') then
      raise exception 'a draft is issued first' using errcode = '23514', constraint = 'invoice_stays';
    end if;
    return new;
  end if;
  if (new.customer_id, new.work_order_id, new.number, new.sequence, new.currency, new.terms_days, new.issued_on, new.issued_at, new.due_on,
      new.bill_to, new.note, new.reference, new.subtotal_minor, new.discount_minor, new.tax_minor, new.total_minor)
     is distinct from
     (old.customer_id, old.work_order_id, old.number, old.sequence, old.currency, old.terms_days, old.issued_on, old.issued_at, old.due_on,
      old.bill_to, old.note, old.reference, old.subtotal_minor, old.discount_minor, old.tax_minor, old.total_minor)
     or new.status = 'draft' or old.status = 'void' then
    raise exception 'an issued invoice is not changed' using errcode = '23514', constraint = 'invoice_stays';
  end if;
  return new;
end $$;
revoke execute on function invoice_stays() from public;
create trigger invoice_stays before update or delete on invoice for each row execute function invoice_stays();

-- Lines move only while their invoice is a draft. The lock makes an edit wait for an issue that is under way, or the other way round.
create function invoice_line_stays() returns trigger language plpgsql as $$
declare
  line invoice_line;
  found_status text;
begin
  if tg_op = 'DELETE' then line := old; else line := new; end if;
  if tg_op = 'DELETE' and wall.current_tenant() is null then return old; end if;
  select i.status into found_status from invoice i where i.tenant_id = line.tenant_id and i.id = line.invoice_id for share;
  if found_status is distinct from 'draft' or (tg_op = 'UPDATE' and new.invoice_id <> old.invoice_id) then
    raise exception 'the lines of an issued invoice are not changed' using errcode = '23514', constraint = 'invoice_stays';
  end if;
  return line;
end $$;
revoke execute on function invoice_line_stays() from public;
create trigger invoice_line_stays before insert or update or delete on invoice_line for each row execute function invoice_line_stays();

-- Each voucher balances when its transaction commits, and has something to balance.
create function voucher_balances() returns trigger language plpgsql as $$
declare
  this_voucher uuid;
  debits bigint;
  credits bigint;
begin
  if tg_table_name = 'voucher' then this_voucher := new.id; else this_voucher := new.voucher_id; end if;
  select sum(e.debit_minor), sum(e.credit_minor) into debits, credits
    from voucher_entry e where e.tenant_id = new.tenant_id and e.voucher_id = this_voucher;
  if debits is distinct from credits or coalesce(debits, 0) = 0 then
    raise exception 'a voucher balances' using errcode = '23514', constraint = 'voucher_balances';
  end if;
  return null;
end $$;
revoke execute on function voucher_balances() from public;
create constraint trigger voucher_balances after insert on voucher deferrable initially deferred for each row execute function voucher_balances();
create constraint trigger voucher_entry_balances after insert on voucher_entry deferrable initially deferred for each row execute function voucher_balances();

-- What customers pay before the work is owed to them, not earned, until an invoice takes it off.
--! backfill ledger_account
-- From its issue on: its voucher is a liability. Deposits of before are revenue in the books, and stay so.
alter table invoice add column holds_deposit boolean not null default false;
-- The deposit that a line takes off.
alter table invoice_line add column deposit_id uuid;
alter table invoice_line add constraint invoice_line_deposit foreign key (tenant_id, deposit_id) references invoice (tenant_id, id);
create index invoice_line_by_deposit on invoice_line (tenant_id, deposit_id);
create index invoice_holding on invoice (tenant_id, customer_id, id) where holds_deposit;

-- Which deposit it is stays as all that is issued.
create or replace function invoice_stays() returns trigger language plpgsql set search_path from current as $$
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
  -- A merge gives it to whoever stays, with all that is printed on it.
  if new.customer_id <> old.customer_id and merged_with(old.customer_id, new.customer_id)
     and to_jsonb(new) - array['customer_id', 'version'] = to_jsonb(old) - array['customer_id', 'version'] then
    return new;
  end if;
  if (new.customer_id, new.work_order_id, new.fee_of_appointment_id, new.deposit_of_order_id, new.deposit_of_appointment_id, new.holds_deposit, new.number, new.sequence, new.currency, new.terms_days, new.issued_on, new.issued_at,
      new.due_on, new.bill_to, new.note, new.reference, new.tax_rules, new.tax_note, new.subtotal_minor, new.discount_minor, new.tax_minor, new.total_minor)
     is distinct from
     (old.customer_id, old.work_order_id, old.fee_of_appointment_id, old.deposit_of_order_id, old.deposit_of_appointment_id, old.holds_deposit, old.number, old.sequence, old.currency, old.terms_days, old.issued_on, old.issued_at,
      old.due_on, old.bill_to, old.note, old.reference, old.tax_rules, old.tax_note, old.subtotal_minor, old.discount_minor, old.tax_minor, old.total_minor)
     or new.status = 'draft' or old.status = 'void' then
    raise exception 'an issued invoice is not changed' using errcode = '23514', constraint = 'invoice_stays';
  end if;
  return new;
end $$;

-- What of a deposit nothing has taken off or given back yet; nothing where it is no invoice that counts.
create function deposit_left(deposit uuid) returns bigint language plpgsql stable as $$
begin
  return (
    select i.total_minor
      - (select coalesce(sum(n.total_minor), 0) from credit_note n where n.tenant_id = wall.current_tenant() and n.invoice_id = i.id)
      -- A line that takes it off is below nothing, and so is what a credit note gives back of that line.
      + (select coalesce(sum(l.amount_minor), 0) from invoice_line l
         join invoice u on u.tenant_id = wall.current_tenant() and u.id = l.invoice_id and u.status not in ('draft', 'void')
         where l.tenant_id = wall.current_tenant() and l.deposit_id = i.id)
      - (select coalesce(sum(b.amount_minor), 0) from invoice_line l
         join credit_note_line b on b.tenant_id = wall.current_tenant() and b.invoice_line_id = l.id
         where l.tenant_id = wall.current_tenant() and l.deposit_id = i.id)
    from invoice i
    where i.tenant_id = wall.current_tenant() and i.id = deposit and i.status in ('issued', 'part_paid', 'paid', 'written_off'));
end $$;

-- Companies with books get the account that is new; all others begin with it.
insert into ledger_account (tenant_id, id, code, name, kind)
select b.tenant_id, gen_random_uuid(), '2150', 'Deposits of customers', 'liability'
from (select distinct tenant_id from ledger_account) b
on conflict (tenant_id, code) do nothing;

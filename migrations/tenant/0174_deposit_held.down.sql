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
  if (new.customer_id, new.work_order_id, new.fee_of_appointment_id, new.deposit_of_order_id, new.number, new.sequence, new.currency, new.terms_days, new.issued_on, new.issued_at,
      new.due_on, new.bill_to, new.note, new.reference, new.tax_rules, new.tax_note, new.subtotal_minor, new.discount_minor, new.tax_minor, new.total_minor)
     is distinct from
     (old.customer_id, old.work_order_id, old.fee_of_appointment_id, old.deposit_of_order_id, old.number, old.sequence, old.currency, old.terms_days, old.issued_on, old.issued_at,
      old.due_on, old.bill_to, old.note, old.reference, old.tax_rules, old.tax_note, old.subtotal_minor, old.discount_minor, old.tax_minor, old.total_minor)
     or new.status = 'draft' or old.status = 'void' then
    raise exception 'an issued invoice is not changed' using errcode = '23514', constraint = 'invoice_stays';
  end if;
  return new;
end $$;
drop function deposit_left(uuid);
drop index invoice_holding;
alter table invoice_line drop column deposit_id;
alter table invoice drop column holds_deposit;

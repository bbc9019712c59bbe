--! backfill customer
update customer set status = 'archived', archived_at = updated_at, merged_into = null where status = 'merged';
drop trigger customer_is_here on contact;
drop trigger customer_is_here on location;
drop trigger customer_is_here on equipment;
drop trigger customer_is_here on customer_tag;
drop trigger customer_is_here on consent;
drop trigger customer_is_here on timeline_entry;
drop trigger customer_is_here on appointment;
drop trigger customer_is_here on work_order;
drop trigger customer_is_here on invoice;
drop trigger customer_is_here on payment;
drop function customer_is_here();
drop trigger moves_by_merge on consent;
drop trigger moves_by_merge on timeline_entry;
drop trigger moves_by_merge on payment;
drop function moves_by_merge();
create or replace function invoice_stays() returns trigger language plpgsql as $$
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
alter function invoice_stays() reset all;
drop function merged_with(uuid, uuid);
drop table duplicate;
drop table customer_likeness;
drop table customer_merge_row;
drop table customer_merge;
alter table customer drop constraint customer_merged;
alter table customer drop constraint customer_status;
alter table customer drop column merged_into;
alter table customer add constraint customer_status check (status in ('active', 'archived'));

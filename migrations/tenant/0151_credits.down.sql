drop policy reach on voucher;
select ctl.within_reach(current_schema(), 'voucher', 'customer', 'invoice_id in (select reached_invoice())');
create or replace function reached_voucher() returns setof uuid language plpgsql stable rows 200 as $$
begin
  return query select v.id from voucher v
    where v.tenant_id = wall.current_tenant() and v.invoice_id in (select reached_invoice());
end $$;
alter table voucher drop constraint voucher_kind;
alter table voucher add constraint voucher_kind check (kind in ('invoice', 'payment', 'payment_reversal', 'void')) not valid;
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
    union select o.customer_id from estimate o where o.tenant_id = wall.current_tenant() and o.customer_id = any (ids);
end $$;
drop table write_off;
drop table customer_credit;
drop table credit_note_line;
drop table credit_note;
alter table payment drop column kept_minor;
alter table invoice drop constraint invoice_paid;
alter table invoice drop constraint invoice_status;
alter table invoice drop column credited_minor, drop column written_off_minor;
alter table invoice add constraint invoice_status check (status in ('draft', 'issued', 'part_paid', 'paid', 'void')) not valid;
alter table invoice add constraint invoice_paid check (
  case status
    when 'paid' then paid_minor = total_minor
    when 'part_paid' then paid_minor > 0 and paid_minor < total_minor
    else paid_minor = 0
  end) not valid;

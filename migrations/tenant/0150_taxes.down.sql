--! backfill line_item
--! backfill invoice_line
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
create or replace function invoice_stays() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'DELETE' then
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
  if new.customer_id <> old.customer_id and merged_with(old.customer_id, new.customer_id)
     and to_jsonb(new) - array['customer_id', 'version'] = to_jsonb(old) - array['customer_id', 'version'] then
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
alter table invoice drop constraint invoice_adds_up;
alter table invoice add constraint invoice_adds_up check (total_minor = subtotal_minor - discount_minor + tax_minor) not valid;
alter table invoice drop column tax_note, drop column tax_rules;
alter table invoice_line add column tax_name text not null default '', add column tax_rate_ppm bigint not null default 0;
alter table line_item add column tax_name text not null default '', add column tax_rate_ppm bigint not null default 0;
alter table invoice_line disable trigger user;
update invoice_line set tax_name = taxes -> 0 ->> 'name', tax_rate_ppm = (taxes -> 0 ->> 'rate_ppm')::bigint where jsonb_array_length(taxes) > 0;
alter table invoice_line enable trigger user;
alter table line_item disable trigger user;
update line_item set tax_name = taxes -> 0 ->> 'name', tax_rate_ppm = (taxes -> 0 ->> 'rate_ppm')::bigint where jsonb_array_length(taxes) > 0;
alter table line_item enable trigger user;
alter table invoice_line add constraint invoice_line_rate check (tax_rate_ppm between 0 and 1000000);
alter table line_item add constraint line_item_tax check (tax_rate_ppm between 0 and 1000000);
alter table invoice_line drop column taxes, drop column tax_rate_id;
alter table line_item drop column taxes, drop column tax_rate_id;
drop function are_line_taxes(jsonb);
drop table tax_exemption;
drop table jurisdiction_rate;
drop table jurisdiction;
drop table tax_terms;

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
alter table card_payment drop constraint card_payment_way;
delete from card_payment where charge_id is not null;
alter table card_payment drop constraint card_payment_charge;
alter table card_payment drop column charge_id;
alter table card_payment alter column checkout_id set not null;
drop table card_charge;
drop table card_on_file;
drop table card_agreement;
alter table plan_billing drop column charges;

-- Taxes by place and day: who levies them where, at which rates from which day on; who is exempt; how papers are added up. Lines keep
-- the taxes they were written with.
--! backfill line_item
--! backfill invoice_line

-- How papers are added up: three words, as in "on_top half_up document".
create table tax_terms (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  rules text not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint tax_terms_pkey primary key (tenant_id, id),
  constraint tax_terms_once unique (tenant_id),
  constraint tax_terms_rules check (rules ~ '^(on_top|included) (half_up|half_even) (line|document)$')
);
create trigger remember after insert or update or delete on tax_terms for each row execute function remember();

-- Who levies taxes, and where. What is left empty does not matter: without a country it is everywhere.
create table jurisdiction (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text collate "C" not null,
  country text not null default '',
  -- As they are compared: small letters. A region is often written in two ways.
  regions text[] not null default '{}',
  cities text[] not null default '{}',
  -- As they are compared, without blanks; "787*" for all that begin so.
  postal_codes text[] not null default '{}',
  active boolean not null default true,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint jurisdiction_pkey primary key (tenant_id, id),
  constraint jurisdiction_name_once unique (tenant_id, name_key),
  constraint jurisdiction_name check (length(name) between 1 and 60),
  constraint jurisdiction_country check (country ~ '^([A-Z]{2})?$'),
  constraint jurisdiction_lists check (cardinality(regions) <= 50 and cardinality(cities) <= 500 and cardinality(postal_codes) <= 2000),
  constraint jurisdiction_of_country check (country <> '' or cardinality(regions) + cardinality(cities) + cardinality(postal_codes) = 0)
);
create trigger remember after insert or update or delete on jurisdiction for each row execute function remember();

-- At which rate it levies a tax, from which day on. A tax that it has no rate for is not levied there.
create table jurisdiction_rate (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  jurisdiction_id uuid not null,
  tax_rate_id uuid not null,
  -- As papers say it; empty: as the jurisdiction is called.
  name text not null default '',
  rate_ppm bigint not null,
  compound boolean not null default false,
  -- From that day, until the day before the other; none: until further notice.
  from_on date not null,
  until_on date,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint jurisdiction_rate_pkey primary key (tenant_id, id),
  constraint jurisdiction_rate_jurisdiction foreign key (tenant_id, jurisdiction_id) references jurisdiction (tenant_id, id),
  constraint jurisdiction_rate_tax foreign key (tenant_id, tax_rate_id) references tax_rate (tenant_id, id),
  constraint jurisdiction_rate_name check (length(name) <= 60),
  constraint jurisdiction_rate_rate check (rate_ppm between 0 and 1000000),
  constraint jurisdiction_rate_span check (until_on > from_on),
  constraint jurisdiction_rate_one_at_a_time exclude using gist (tenant_id with =, jurisdiction_id with =, tax_rate_id with =, daterange(from_on, until_on) with &&)
);
create index jurisdiction_rate_of on jurisdiction_rate (tenant_id, jurisdiction_id, from_on);
create index jurisdiction_rate_by_tax on jurisdiction_rate (tenant_id, tax_rate_id);
create trigger remember after insert or update or delete on jurisdiction_rate for each row execute function remember('jurisdiction_id');

-- A customer who pays no tax, or not that of one jurisdiction, and what shows it.
create table tax_exemption (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  -- None: of all.
  jurisdiction_id uuid,
  certificate text not null,
  reason text,
  from_on date not null,
  -- The day from which it counts no more.
  until_on date,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint tax_exemption_pkey primary key (tenant_id, id),
  constraint tax_exemption_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint tax_exemption_jurisdiction foreign key (tenant_id, jurisdiction_id) references jurisdiction (tenant_id, id),
  constraint tax_exemption_certificate check (length(certificate) between 1 and 60),
  constraint tax_exemption_reason check (length(reason) between 1 and 300),
  constraint tax_exemption_span check (until_on >= from_on)
);
create index tax_exemption_of_customer on tax_exemption (tenant_id, customer_id, from_on);
create index tax_exemption_by_jurisdiction on tax_exemption (tenant_id, jurisdiction_id);
create trigger remember after insert or update or delete on tax_exemption for each row execute function remember('customer_id');
create trigger customer_is_here before insert or update of customer_id on tax_exemption for each row execute function customer_is_here();
select ctl.within_reach(current_schema(), 'tax_exemption', 'customer', 'customer_id in (select reached_customer())');

-- Lines: several taxes, in order, and of which tax of the price book they are.
create function are_line_taxes(taxes jsonb) returns boolean language sql immutable parallel safe as $$
  select jsonb_typeof(taxes) = 'array' and jsonb_array_length(taxes) <= 10
     and not exists (select from jsonb_array_elements(taxes) t
                     where jsonb_typeof(t -> 'name') is distinct from 'string' or length(t ->> 'name') > 60
                        or jsonb_typeof(t -> 'rate_ppm') is distinct from 'number' or (t ->> 'rate_ppm')::numeric not between 0 and 1000000
                        or jsonb_typeof(t -> 'compound') is distinct from 'boolean')
$$;

alter table line_item add column taxes jsonb not null default '[]', add column tax_rate_id uuid;
alter table line_item disable trigger user;
update line_item set taxes = jsonb_build_array(jsonb_build_object('name', left(tax_name, 60), 'rate_ppm', tax_rate_ppm, 'compound', false)) where tax_rate_ppm > 0;
alter table line_item enable trigger user;
alter table line_item drop column tax_name, drop column tax_rate_ppm;
alter table line_item add constraint line_item_taxes check (are_line_taxes(taxes));
alter table line_item add constraint line_item_tax_rate foreign key (tenant_id, tax_rate_id) references tax_rate (tenant_id, id);
create index line_item_by_tax_rate on line_item (tenant_id, tax_rate_id);

alter table invoice_line add column taxes jsonb not null default '[]', add column tax_rate_id uuid;
alter table invoice_line disable trigger user;
update invoice_line set taxes = jsonb_build_array(jsonb_build_object('name', left(tax_name, 60), 'rate_ppm', tax_rate_ppm, 'compound', false)) where tax_rate_ppm > 0;
alter table invoice_line enable trigger user;
alter table invoice_line drop column tax_name, drop column tax_rate_ppm;
alter table invoice_line add constraint invoice_line_taxes check (are_line_taxes(taxes));
alter table invoice_line add constraint invoice_line_tax_rate foreign key (tenant_id, tax_rate_id) references tax_rate (tenant_id, id);
create index invoice_line_by_tax_rate on invoice_line (tenant_id, tax_rate_id);

-- An invoice keeps the rules it was added up by, and says why it has no tax.
alter table invoice add column tax_rules text not null default 'on_top half_up document', add column tax_note text;
alter table invoice add constraint invoice_tax_rules check (tax_rules ~ '^(on_top|included) (half_up|half_even) (line|document)$');
alter table invoice add constraint invoice_tax_note check (length(tax_note) between 1 and 200);
alter table invoice drop constraint invoice_adds_up;
alter table invoice add constraint invoice_adds_up check (
  total_minor = subtotal_minor - discount_minor + case when starts_with(tax_rules, 'included') then 0 else tax_minor end);

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

-- An exemption keeps its customer.
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

-- Cards that customers keep: what they agreed to, what the provider calls the card, and what it was charged with. No number of a card.
--! grant card_agreement: select, insert, update(session_ref, status, look_at, updated_at, customer_id)
--! grant card_on_file: select, insert, update(holder_ref, method_ref, brand, last_four, expires_year, expires_month, removed_at, removed_why, updated_at, customer_id)
--! grant card_charge: select, insert, update(status, intent_ref, says, look_at, updated_at)
--! grant plan_billing: select, insert, update(from_on, until_on, anchor_on, rhythm, in_advance, description, item_id, amount_minor, tax_rate_id, terms_days, sends, charges, next_on, due_on, trouble, retry_at, version, updated_at)
--! grant card_payment: select, insert, update(charge_ref, fee_minor, look_at, updated_at)

-- Invoices of these terms are charged to the card that the customer keeps, if they keep one.
alter table plan_billing add column charges boolean not null default false;

-- Somebody agreed that a card is kept and charged: when (created_at), who, and in which words. Kept even where nothing comes of it.
create table card_agreement (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  -- On the page of which invoice; in the portal on none.
  invoice_id uuid,
  -- By paying on this page of the provider's; otherwise by the page `session_ref`, where nothing is paid.
  checkout_id uuid,
  session_ref text,
  agreed_by text not null,
  words text not null,
  status text not null,
  look_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint card_agreement_pkey primary key (tenant_id, id),
  constraint card_agreement_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint card_agreement_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint card_agreement_checkout foreign key (tenant_id, checkout_id) references checkout (tenant_id, id),
  constraint card_agreement_checkout_once unique (tenant_id, checkout_id),
  constraint card_agreement_session_once unique (tenant_id, session_ref),
  constraint card_agreement_status check (status in ('asked', 'kept', 'lapsed')),
  constraint card_agreement_words check (length(words) between 1 and 1000 and length(agreed_by) between 1 and 300)
);
create index card_agreement_of_customer on card_agreement (tenant_id, customer_id, id);
create index card_agreement_of_invoice on card_agreement (tenant_id, invoice_id, id);
create index card_agreement_to_look on card_agreement (tenant_id, look_at) where look_at is not null;

-- What the provider calls the customer and the card stays as long as the card is kept, and no longer.
create table card_on_file (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  agreement_id uuid not null,
  holder_ref text,
  method_ref text,
  brand text,
  last_four text,
  expires_year integer,
  expires_month integer,
  removed_at timestamptz,
  removed_why text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint card_on_file_pkey primary key (tenant_id, id),
  constraint card_on_file_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint card_on_file_agreement foreign key (tenant_id, agreement_id) references card_agreement (tenant_id, id),
  constraint card_on_file_agreement_once unique (tenant_id, agreement_id),
  constraint card_on_file_method_once unique (tenant_id, method_ref),
  constraint card_on_file_removed check ((removed_at is null) = (method_ref is not null) and (method_ref is null) = (holder_ref is null) and (removed_at is null) = (removed_why is null)),
  constraint card_on_file_why check (removed_why in ('customer', 'office', 'provider', 'disconnected')),
  constraint card_on_file_last_four check (last_four ~ '^[0-9]{4}$'),
  constraint card_on_file_expires check (expires_month between 1 and 12 and expires_year between 2000 and 2200)
);
create index card_on_file_of_customer on card_on_file (tenant_id, customer_id, id);

-- An attempt to charge a kept card: sent with its own id as key, so that it is one charge however often it is sent.
create table card_charge (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  card_id uuid not null,
  invoice_id uuid not null,
  amount_minor bigint not null,
  currency text not null,
  -- Nobody's button: the terms of a maintenance plan say so.
  by_plan boolean not null,
  status text not null,
  intent_ref text,
  says text,
  look_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint card_charge_pkey primary key (tenant_id, id),
  constraint card_charge_card foreign key (tenant_id, card_id) references card_on_file (tenant_id, id),
  constraint card_charge_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint card_charge_amount check (amount_minor > 0),
  constraint card_charge_currency check (currency ~ '^[A-Z]{3}$'),
  constraint card_charge_status check (status in ('sending', 'succeeded', 'declined', 'needs_customer', 'failed')),
  constraint card_charge_says check (length(says) between 1 and 500)
);
create index card_charge_of_card on card_charge (tenant_id, card_id, id);
create index card_charge_of_invoice on card_charge (tenant_id, invoice_id, id);
create index card_charge_to_look on card_charge (tenant_id, look_at) where look_at is not null;
-- Those that came to nothing, for whoever looks after them.
create index card_charge_in_vain on card_charge (tenant_id, id) where status in ('declined', 'needs_customer', 'failed');
-- One at a time, so that an invoice is never charged twice at once; and by its plan once for all time.
create unique index card_charge_under_way_once on card_charge (tenant_id, invoice_id) where status = 'sending';
create unique index card_charge_by_plan_once on card_charge (tenant_id, invoice_id) where by_plan;

-- A card payment came by a page of the provider's, or by charging a kept card.
alter table card_payment alter column checkout_id drop not null;
alter table card_payment add column charge_id uuid;
alter table card_payment add constraint card_payment_charge foreign key (tenant_id, charge_id) references card_charge (tenant_id, id);
alter table card_payment add constraint card_payment_way check ((checkout_id is null) <> (charge_id is null));
create index card_payment_of_charge on card_payment (tenant_id, charge_id);

create trigger customer_is_here before insert or update of customer_id on card_agreement for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on card_on_file for each row execute function customer_is_here();
create trigger moves_by_merge before update of customer_id on card_agreement for each row execute function moves_by_merge();
create trigger moves_by_merge before update of customer_id on card_on_file for each row execute function moves_by_merge();
select ctl.within_reach(current_schema(), 'card_agreement', 'customer', 'customer_id in (select reached_customer())');
select ctl.within_reach(current_schema(), 'card_on_file', 'customer', 'customer_id in (select reached_customer())');
select ctl.within_reach(current_schema(), 'card_charge', 'customer', 'invoice_id in (select reached_invoice())');

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
    union select q.customer_id from card_agreement q where q.tenant_id = wall.current_tenant() and q.customer_id = any (ids)
    union select y.customer_id from card_on_file y where y.tenant_id = wall.current_tenant() and y.customer_id = any (ids)
    union select o.customer_id from estimate o where o.tenant_id = wall.current_tenant() and o.customer_id = any (ids);
end $$;

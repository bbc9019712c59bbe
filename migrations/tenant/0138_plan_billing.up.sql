-- What maintenance plans cost and when it is billed; the times they rested; what was billed, a row for each period.
--! grant maintenance_rest: select, insert, update(until_on)
--! grant plan_billing: select, insert, update(from_on, until_on, anchor_on, rhythm, in_advance, description, item_id, amount_minor, tax_rate_id, terms_days, sends, next_on, due_on, trouble, retry_at, version, updated_at)
--! grant plan_period: select, insert
--! backfill maintenance_plan

-- A plan rests from a day on until before another.
create table maintenance_rest (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  plan_id uuid not null,
  from_on date not null,
  until_on date,
  created_at timestamptz not null,
  constraint maintenance_rest_pkey primary key (tenant_id, id),
  constraint maintenance_rest_plan foreign key (tenant_id, plan_id) references maintenance_plan (tenant_id, id),
  constraint maintenance_rest_ends check (until_on >= from_on)
);
create index maintenance_rest_by_plan on maintenance_rest (tenant_id, plan_id, from_on);
insert into maintenance_rest (tenant_id, id, plan_id, from_on, created_at)
select p.tenant_id, gen_random_uuid(), p.id, (p.updated_at at time zone p.zone)::date, p.updated_at from maintenance_plan p where p.status = 'paused';

-- Terms of payment, in force for the periods that begin from one day to another. A change begins a row of its own.
create table plan_billing (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  plan_id uuid not null,
  from_on date not null,
  -- The last day; none: as long as the plan runs.
  until_on date,
  -- The day from which months are counted: the 31st comes back after a shorter month.
  anchor_on date not null,
  rhythm text not null,
  -- When the period begins, and not once it is over.
  in_advance boolean not null,
  -- As it reads on the invoice; none: the item's name.
  description text,
  -- What it costs: by the price book, or by hand.
  item_id uuid,
  amount_minor bigint,
  tax_rate_id uuid,
  terms_days integer not null,
  -- The invoice goes to the customer by itself.
  sends boolean not null,
  -- The first day of the next period, and the day on which it is billed. None: visits are billed as they come, or there is none any more.
  next_on date,
  due_on date,
  -- Why it could not be billed of late, and when it is tried again.
  trouble text,
  retry_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint plan_billing_pkey primary key (tenant_id, id),
  constraint plan_billing_plan foreign key (tenant_id, plan_id) references maintenance_plan (tenant_id, id),
  constraint plan_billing_item foreign key (tenant_id, item_id) references item (tenant_id, id),
  constraint plan_billing_tax_rate foreign key (tenant_id, tax_rate_id) references tax_rate (tenant_id, id),
  constraint plan_billing_end check (until_on >= from_on - 1),
  constraint plan_billing_rhythm check (rhythm in ('visit', 'month', 'quarter', 'year')),
  constraint plan_billing_price check ((item_id is null) <> (amount_minor is null)),
  constraint plan_billing_amount check (amount_minor > 0),
  constraint plan_billing_description check (length(description) between 1 and 300),
  constraint plan_billing_terms check (terms_days between 0 and 365),
  constraint plan_billing_next check ((next_on is null) = (due_on is null)),
  constraint plan_billing_trouble check (length(trouble) between 1 and 500)
);
create unique index plan_billing_once on plan_billing (tenant_id, plan_id) where until_on is null;
create index plan_billing_by_plan on plan_billing (tenant_id, plan_id, from_on);
create index plan_billing_by_item on plan_billing (tenant_id, item_id);
create index plan_billing_by_tax_rate on plan_billing (tenant_id, tax_rate_id);
create index plan_billing_due on plan_billing (tenant_id, due_on, id) where due_on is not null;
create index plan_billing_by_visit on plan_billing (tenant_id, id) where rhythm = 'visit';
create trigger remember after insert or update or delete on plan_billing for each row execute function remember();

-- A period that was billed: once, by one invoice.
create table plan_period (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  billing_id uuid not null,
  plan_id uuid not null,
  starts_on date not null,
  ends_on date not null,
  invoice_id uuid not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint plan_period_pkey primary key (tenant_id, id),
  constraint plan_period_once unique (tenant_id, plan_id, starts_on),
  constraint plan_period_invoice_once unique (tenant_id, invoice_id),
  constraint plan_period_billing foreign key (tenant_id, billing_id) references plan_billing (tenant_id, id),
  constraint plan_period_plan foreign key (tenant_id, plan_id) references maintenance_plan (tenant_id, id),
  constraint plan_period_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint plan_period_ends check (ends_on >= starts_on)
);
create index plan_period_by_billing on plan_period (tenant_id, billing_id, starts_on);

select
  ctl.within_reach(current_schema(), 'maintenance_rest', 'customer', 'plan_id in (select reached_plan())'),
  ctl.within_reach(current_schema(), 'plan_billing', 'customer', 'plan_id in (select reached_plan())'),
  ctl.within_reach(current_schema(), 'plan_period', 'customer', 'plan_id in (select reached_plan())');

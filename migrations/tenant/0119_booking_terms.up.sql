-- What a booking costs beside the work: a fee for calling off late, a deposit; and how the booking page is shown.
--! backfill item_scheduling

create table booking_terms (
  tenant_id uuid not null default wall.current_tenant(),
  -- In minor units of the company's currency; 0: nothing.
  cancel_fee_minor bigint not null,
  fee_hours integer not null,
  -- An e-mail address is proved by a code before a visit is booked.
  prove_email boolean not null,
  -- Sites of the company on which the booking page may stand.
  embedded_at text[] not null,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  constraint booking_terms_pkey primary key (tenant_id),
  constraint booking_terms_fee check (cancel_fee_minor between 0 and 100000000 and fee_hours between 1 and 336),
  constraint booking_terms_sites check (cardinality(embedded_at) <= 10)
);

alter table item_scheduling add column deposit_minor bigint;
alter table item_scheduling add constraint item_scheduling_deposit check (deposit_minor between 1 and 100000000);

-- What was agreed for one visit when it was booked, whatever the terms become later.
create table visit_terms (
  tenant_id uuid not null default wall.current_tenant(),
  appointment_id uuid not null,
  currency text not null,
  deposit_minor bigint not null,
  fee_minor bigint not null,
  fee_hours integer not null,
  -- What was charged when it was called off; null as long as it was not.
  charged_minor bigint,
  created_at timestamptz not null default now(),
  constraint visit_terms_pkey primary key (tenant_id, appointment_id),
  constraint visit_terms_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id) on delete cascade,
  constraint visit_terms_currency check (currency ~ '^[A-Z]{3}$'),
  constraint visit_terms_sums check (deposit_minor between 0 and 100000000 and fee_minor between 0 and 100000000 and charged_minor between 0 and 100000000)
);
select ctl.within_reach(current_schema(), 'visit_terms', 'appointment', 'appointment_id in (select reached_appointment())');

-- Who wants to book a time that is held, until the code that was sent to them comes back.
create table booking_proof (
  tenant_id uuid not null default wall.current_tenant(),
  appointment_id uuid not null,
  name text not null,
  email text not null,
  phone text,
  problem text,
  code_hash text not null,
  tries integer not null,
  sent integer not null,
  created_at timestamptz not null default now(),
  constraint booking_proof_pkey primary key (tenant_id, appointment_id),
  constraint booking_proof_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id) on delete cascade,
  constraint booking_proof_tries check (tries >= 0 and sent >= 1)
);
select ctl.within_reach(current_schema(), 'booking_proof', 'appointment', 'appointment_id in (select reached_appointment())');

-- The fee for a visit that was called off is billed once.
alter table invoice add column fee_of_appointment_id uuid;
alter table invoice add constraint invoice_fee_of foreign key (tenant_id, fee_of_appointment_id) references appointment (tenant_id, id);
create index invoice_by_fee_of on invoice (tenant_id, fee_of_appointment_id);
create unique index invoice_fee_once on invoice (tenant_id, fee_of_appointment_id) where fee_of_appointment_id is not null and status <> 'void';

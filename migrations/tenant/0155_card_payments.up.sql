-- Card payments by a provider: with which account, what customers were sent there for, what came, went back, was disputed and paid out.
--! grant provider_event: select, insert
--! grant checkout: select, insert, update(session_ref, status, look_at, updated_at)
--! grant card_payment: select, insert, update(charge_ref, fee_minor, look_at, updated_at)
--! grant card_refund: select, insert, update(refund_ref, status, failure, look_at, updated_at)
--! grant card_dispute: select, insert, update(status, due_on, withdrawn_minor, fee_minor, closed_on, updated_at)
--! grant card_payout: select, insert, update(status, updated_at)

-- The key is a secret, sealed; of it the last four letters are shown.
create table provider_account (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  provider text not null,
  sealed text not null,
  last_four text not null,
  account_ref text,
  name text not null,
  live boolean not null,
  -- Where the provider tells us what happened, as it calls it; none: by hand, or not at all.
  endpoint_ref text,
  trouble text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint provider_account_pkey primary key (tenant_id, id),
  constraint provider_account_once unique (tenant_id),
  constraint provider_account_provider check (provider in ('stripe')),
  constraint provider_account_trouble check (length(trouble) between 1 and 500)
);

-- With which what the provider tells is signed. An old one stays good for a while.
create table provider_secret (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  sealed text not null,
  by_hand boolean not null,
  good_until timestamptz,
  created_at timestamptz not null,
  constraint provider_secret_pkey primary key (tenant_id, id)
);

-- What the provider told, each once.
create table provider_event (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  event_ref text not null,
  kind text not null,
  object_ref text,
  created_at timestamptz not null,
  constraint provider_event_pkey primary key (tenant_id, id),
  constraint provider_event_once unique (tenant_id, event_ref),
  constraint provider_event_ref check (length(event_ref) between 1 and 255 and length(kind) between 1 and 255 and length(object_ref) <= 255)
);

-- A customer was sent to the provider's page for an invoice.
create table checkout (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  invoice_id uuid not null,
  session_ref text,
  amount_minor bigint not null,
  currency text not null,
  status text not null,
  -- When it is asked for again, if nothing is heard.
  look_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint checkout_pkey primary key (tenant_id, id),
  constraint checkout_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint checkout_session_once unique (tenant_id, session_ref),
  constraint checkout_amount check (amount_minor > 0),
  constraint checkout_currency check (currency ~ '^[A-Z]{3}$'),
  constraint checkout_status check (status in ('opening', 'open', 'paid', 'expired', 'failed'))
);
create index checkout_of_invoice on checkout (tenant_id, invoice_id, id);
-- One at a time: what is open is asked for once.
create unique index checkout_open_once on checkout (tenant_id, invoice_id) where status in ('opening', 'open');
create index checkout_to_look on checkout (tenant_id, look_at) where look_at is not null;

create table card_payment (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  payment_id uuid not null,
  invoice_id uuid not null,
  checkout_id uuid not null,
  intent_ref text not null,
  charge_ref text,
  brand text,
  last_four text,
  amount_minor bigint not null,
  currency text not null,
  -- What the provider keeps of it; unknown at first.
  fee_minor bigint,
  look_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint card_payment_pkey primary key (tenant_id, id),
  constraint card_payment_payment foreign key (tenant_id, payment_id) references payment (tenant_id, id),
  constraint card_payment_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint card_payment_checkout foreign key (tenant_id, checkout_id) references checkout (tenant_id, id),
  constraint card_payment_once unique (tenant_id, intent_ref),
  constraint card_payment_amount check (amount_minor > 0)
);
create index card_payment_of_payment on card_payment (tenant_id, payment_id);
create index card_payment_of_invoice on card_payment (tenant_id, invoice_id, id);
create index card_payment_of_checkout on card_payment (tenant_id, checkout_id);
create index card_payment_to_look on card_payment (tenant_id, look_at) where look_at is not null;

create table card_refund (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  card_payment_id uuid not null,
  invoice_id uuid not null,
  refund_ref text,
  amount_minor bigint not null,
  currency text not null,
  status text not null,
  reason text,
  failure text,
  -- Out of the customer's credit, open on the invoice again, lost.
  credit_minor bigint not null,
  reopened_minor bigint not null,
  lost_minor bigint not null,
  look_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Nobody of ours: begun at the provider.
  created_by uuid,
  constraint card_refund_pkey primary key (tenant_id, id),
  constraint card_refund_payment foreign key (tenant_id, card_payment_id) references card_payment (tenant_id, id),
  constraint card_refund_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint card_refund_once unique (tenant_id, refund_ref),
  constraint card_refund_amount check (amount_minor > 0 and credit_minor >= 0 and reopened_minor >= 0 and lost_minor >= 0 and amount_minor = credit_minor + reopened_minor + lost_minor),
  constraint card_refund_status check (status in ('pending', 'succeeded', 'failed')),
  constraint card_refund_reason check (length(reason) between 1 and 300),
  constraint card_refund_failure check (length(failure) between 1 and 500)
);
create index card_refund_of_payment on card_refund (tenant_id, card_payment_id, id);
create index card_refund_of_invoice on card_refund (tenant_id, invoice_id, id);
create index card_refund_to_look on card_refund (tenant_id, look_at) where look_at is not null;

create table card_dispute (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  card_payment_id uuid not null,
  invoice_id uuid not null,
  dispute_ref text not null,
  amount_minor bigint not null,
  currency text not null,
  reason text not null,
  status text not null,
  due_on date,
  -- What the provider has taken meanwhile, and its fee.
  withdrawn_minor bigint not null default 0,
  fee_minor bigint not null default 0,
  closed_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint card_dispute_pkey primary key (tenant_id, id),
  constraint card_dispute_payment foreign key (tenant_id, card_payment_id) references card_payment (tenant_id, id),
  constraint card_dispute_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint card_dispute_once unique (tenant_id, dispute_ref),
  constraint card_dispute_status check (status in ('open', 'won', 'lost'))
);
create index card_dispute_of_payment on card_dispute (tenant_id, card_payment_id, id);
create index card_dispute_of_invoice on card_dispute (tenant_id, invoice_id, id);
create index card_dispute_open on card_dispute (tenant_id, id) where status = 'open';

create table card_payout (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  payout_ref text not null,
  amount_minor bigint not null,
  currency text not null,
  arrives_on date not null,
  status text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint card_payout_pkey primary key (tenant_id, id),
  constraint card_payout_once unique (tenant_id, payout_ref),
  constraint card_payout_status check (status in ('paid', 'failed'))
);

select ctl.within_reach(current_schema(), 'checkout', 'customer', 'invoice_id in (select reached_invoice())');
select ctl.within_reach(current_schema(), 'card_payment', 'customer', 'invoice_id in (select reached_invoice())');
select ctl.within_reach(current_schema(), 'card_refund', 'customer', 'invoice_id in (select reached_invoice())');
select ctl.within_reach(current_schema(), 'card_dispute', 'customer', 'invoice_id in (select reached_invoice())');

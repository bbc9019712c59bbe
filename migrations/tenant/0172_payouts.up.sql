-- What each payout of the card provider contains; and what the provider told is forgotten after half a year.
--! grant card_payout: select, insert, update(status, read_at, updated_at)
--! grant payout_entry: select, insert
--! grant provider_event: select, insert, delete

-- When its contents were asked for; none: not yet.
alter table card_payout add column read_at timestamptz;
create index card_payout_unread on card_payout (tenant_id, created_at) where read_at is null;
create table payout_entry (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  payout_id uuid not null,
  entry_ref text not null,
  -- In the provider's words: charge, refund, adjustment, stripe_fee.
  kind text not null,
  -- What it is for, as the provider calls it: a charge, a refund, a dispute. Matched when it is read, for we may hear of that later.
  source_ref text,
  description text,
  amount_minor bigint not null,
  fee_minor bigint not null,
  net_minor bigint not null,
  on_day date not null,
  created_at timestamptz not null,
  constraint payout_entry_pkey primary key (tenant_id, id),
  constraint payout_entry_payout foreign key (tenant_id, payout_id) references card_payout (tenant_id, id),
  constraint payout_entry_once unique (tenant_id, entry_ref),
  constraint payout_entry_adds_up check (net_minor = amount_minor - fee_minor),
  constraint payout_entry_words check (length(kind) between 1 and 100 and length(description) between 1 and 300 and length(source_ref) <= 255)
);
create index payout_entry_of_payout on payout_entry (tenant_id, payout_id, id);
create index card_payment_by_charge on card_payment (tenant_id, charge_ref);
create index provider_event_by_age on provider_event (tenant_id, created_at);
alter table voucher drop constraint voucher_kind;
alter table voucher add constraint voucher_kind check (kind in
  ('invoice', 'payment', 'payment_reversal', 'void', 'credit_note', 'credit_used', 'refund', 'write_off', 'write_off_reversal',
   'card_fee', 'card_refund', 'card_refund_reversal', 'dispute', 'dispute_closed', 'payout', 'payout_reversal', 'payout_fees', 'earned', 'earned_reversal'));

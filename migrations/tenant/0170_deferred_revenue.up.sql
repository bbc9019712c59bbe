-- What is billed in advance is earned month by month: until then it is owed to the customer.
--! backfill ledger_account
--! grant deferral: select, insert, update(reversed_minor)
--! grant deferral_part: select, insert, update(returned_minor, earned_on)
create table deferral (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  plan_id uuid not null,
  invoice_id uuid not null,
  starts_on date not null,
  ends_on date not null,
  -- Before tax.
  amount_minor bigint not null,
  currency text not null,
  -- Of what was earned already, what was taken back again.
  reversed_minor bigint not null default 0,
  created_at timestamptz not null,
  constraint deferral_pkey primary key (tenant_id, id),
  constraint deferral_plan foreign key (tenant_id, plan_id) references maintenance_plan (tenant_id, id),
  constraint deferral_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint deferral_invoice_once unique (tenant_id, invoice_id),
  constraint deferral_amount check (amount_minor > 0 and reversed_minor between 0 and amount_minor),
  constraint deferral_currency check (currency ~ '^[A-Z]{3}$')
);
create index deferral_by_plan on deferral (tenant_id, plan_id, id);

-- The parts sum to the whole. One is earned on its day, but for what went back before.
create table deferral_part (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  deferral_id uuid not null,
  position integer not null,
  earns_on date not null,
  amount_minor bigint not null,
  returned_minor bigint not null default 0,
  -- When it was earned; in the books it is on that day or the first one that was open.
  earned_on date,
  created_at timestamptz not null,
  constraint deferral_part_pkey primary key (tenant_id, id),
  constraint deferral_part_of foreign key (tenant_id, deferral_id) references deferral (tenant_id, id),
  constraint deferral_part_once unique (tenant_id, deferral_id, position),
  constraint deferral_part_amount check (amount_minor >= 0 and returned_minor between 0 and amount_minor)
);
create index deferral_part_due on deferral_part (tenant_id, earns_on, id) where earned_on is null and returned_minor < amount_minor;

select
  ctl.within_reach(current_schema(), 'deferral', 'customer', 'invoice_id in (select reached_invoice())'),
  ctl.within_reach(current_schema(), 'deferral_part', 'customer', 'deferral_id in (select d.id from deferral d where d.tenant_id = wall.current_tenant())');

alter table voucher drop constraint voucher_kind;
alter table voucher add constraint voucher_kind check (kind in
  ('invoice', 'payment', 'payment_reversal', 'void', 'credit_note', 'credit_used', 'refund', 'write_off', 'write_off_reversal',
   'card_fee', 'card_refund', 'card_refund_reversal', 'dispute', 'dispute_closed', 'payout', 'payout_reversal', 'earned', 'earned_reversal'));
-- Companies with books get the account that is new; all others begin with it.
insert into ledger_account (tenant_id, id, code, name, kind)
select b.tenant_id, gen_random_uuid(), '2300', 'Deferred revenue', 'liability'
from (select distinct tenant_id from ledger_account) b
on conflict (tenant_id, code) do nothing;

-- Card payments online in the books: their way of paying, what goes back to a card, fees, disputes and payouts.
--! backfill ledger_account
--! grant payment: select, insert, update(reversed_on, reversed_reason, refunded_minor, customer_id)
alter table payment drop constraint payment_method;
alter table payment add constraint payment_method check (method in ('cash', 'cheque', 'transfer', 'card_terminal', 'card'));
-- What was given back, so that it is open on the invoice again.
alter table payment add column refunded_minor bigint not null default 0;
alter table payment add constraint payment_refunded check (refunded_minor between 0 and amount_minor - kept_minor);

alter table customer_credit drop constraint customer_credit_kind;
alter table customer_credit add constraint customer_credit_kind
  check (kind in ('overpaid', 'overpaid_back', 'credit_note', 'used', 'refunded', 'refund_failed'));
alter table customer_credit drop constraint customer_credit_amount;
alter table customer_credit add constraint customer_credit_amount
  check (amount_minor <> 0 and (amount_minor > 0) = (kind in ('overpaid', 'credit_note', 'refund_failed')));
alter table customer_credit drop constraint customer_credit_method;
alter table customer_credit add constraint customer_credit_method
  check ((kind = 'refunded') = (method is not null) and method in ('cash', 'cheque', 'transfer', 'card_terminal', 'card'));

alter table voucher drop constraint voucher_kind;
alter table voucher add constraint voucher_kind check (kind in
  ('invoice', 'payment', 'payment_reversal', 'void', 'credit_note', 'credit_used', 'refund', 'write_off', 'write_off_reversal',
   'card_fee', 'card_refund', 'card_refund_reversal', 'dispute', 'dispute_closed', 'payout', 'payout_reversal'));
-- Companies with books get the accounts that are new; all others begin with them.
insert into ledger_account (tenant_id, id, code, name, kind)
select b.tenant_id, gen_random_uuid(), n.code, n.name, n.kind
from (select distinct tenant_id from ledger_account) b
cross join (values ('1030', 'Cards online, not yet paid out', 'asset'), ('1040', 'Card payments in dispute', 'asset'),
                   ('6050', 'Fees of card payments', 'expense')) n(code, name, kind)
on conflict (tenant_id, code) do nothing;

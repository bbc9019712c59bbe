alter table voucher drop constraint voucher_kind;
alter table voucher add constraint voucher_kind check (kind in
  ('invoice', 'payment', 'payment_reversal', 'void', 'credit_note', 'credit_used', 'refund', 'write_off', 'write_off_reversal')) not valid;
alter table customer_credit drop constraint customer_credit_method;
alter table customer_credit add constraint customer_credit_method
  check ((kind = 'refunded') = (method is not null) and method in ('cash', 'cheque', 'transfer', 'card_terminal')) not valid;
alter table customer_credit drop constraint customer_credit_amount;
alter table customer_credit add constraint customer_credit_amount
  check (amount_minor <> 0 and (amount_minor > 0) = (kind in ('overpaid', 'credit_note'))) not valid;
alter table customer_credit drop constraint customer_credit_kind;
alter table customer_credit add constraint customer_credit_kind
  check (kind in ('overpaid', 'overpaid_back', 'credit_note', 'used', 'refunded')) not valid;
alter table payment drop column refunded_minor;
alter table payment drop constraint payment_method;
alter table payment add constraint payment_method check (method in ('cash', 'cheque', 'transfer', 'card_terminal')) not valid;

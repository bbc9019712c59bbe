alter table voucher drop constraint voucher_kind;
alter table voucher add constraint voucher_kind check (kind in
  ('invoice', 'payment', 'payment_reversal', 'void', 'credit_note', 'credit_used', 'refund', 'write_off', 'write_off_reversal',
   'card_fee', 'card_refund', 'card_refund_reversal', 'dispute', 'dispute_closed', 'payout', 'payout_reversal', 'earned', 'earned_reversal')) not valid;
drop index provider_event_by_age;
drop index card_payment_by_charge;
drop table payout_entry;
drop index card_payout_unread;
alter table card_payout drop column read_at;

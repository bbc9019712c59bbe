drop table card_payout;
drop table card_dispute;
drop table card_refund;
drop table card_payment;
drop table checkout;
drop table provider_event;
drop table provider_secret;
drop table provider_account;

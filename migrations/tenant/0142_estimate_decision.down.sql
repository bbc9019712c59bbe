alter table invoice drop column deposit_of_order_id;
drop table estimate_decision;

alter table invoice drop column fee_of_appointment_id;
drop table booking_proof;
drop table visit_terms;
alter table item_scheduling drop column deposit_minor;
drop table booking_terms;

alter table invoice drop column deposit_of_appointment_id;

-- The deposit of a visit is an invoice of its own, asked for once; the job's invoice takes it off.
alter table invoice add column deposit_of_appointment_id uuid;
alter table invoice add constraint invoice_visit_deposit_of foreign key (tenant_id, deposit_of_appointment_id) references appointment (tenant_id, id);
create index invoice_by_visit_deposit_of on invoice (tenant_id, deposit_of_appointment_id);
create unique index invoice_visit_deposit_once on invoice (tenant_id, deposit_of_appointment_id) where deposit_of_appointment_id is not null and status <> 'void';

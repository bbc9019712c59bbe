-- Photos that a customer adds to a visit by its link: what is broken, where the way in is.
--! grant visit_photo: select, insert, delete

create table visit_photo (
  tenant_id uuid not null default wall.current_tenant(),
  -- The file's id too: its bytes lie beside the database.
  id uuid not null,
  appointment_id uuid not null,
  size integer not null,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint visit_photo_pkey primary key (tenant_id, id),
  constraint visit_photo_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id),
  constraint visit_photo_size check (size between 1 and 20000000)
);
create index visit_photo_of_appointment on visit_photo (tenant_id, appointment_id, id);
select ctl.within_reach(current_schema(), 'visit_photo', 'appointment', 'appointment_id in (select reached_appointment())');

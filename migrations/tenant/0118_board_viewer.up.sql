-- Who looks at which day of the board, and at which job there: one row for each person, written again every few seconds.
--! grant board_viewer: select, insert, update(shown_on, appointment_id, seen_at)

create table board_viewer (
  tenant_id uuid not null default wall.current_tenant(),
  member_id uuid not null,
  shown_on date not null,
  appointment_id uuid,
  seen_at timestamptz not null,
  constraint board_viewer_pkey primary key (tenant_id, member_id),
  constraint board_viewer_member foreign key (tenant_id, member_id) references member (tenant_id, id),
  constraint board_viewer_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id) on delete cascade
);
create index board_viewer_of_appointment on board_viewer (tenant_id, appointment_id);
create index board_viewer_of_day on board_viewer (tenant_id, shown_on, seen_at);

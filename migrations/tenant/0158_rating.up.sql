-- How it was, in the customer's words: one to five stars for a visit that is done, once, by the link in the letter.
--! grant rating: select, insert, update(stars, comment, low, seen_to_at, seen_to_by, version, updated_at)
create table rating (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  appointment_id uuid not null,
  -- Who was there.
  technician_id uuid,
  stars integer not null,
  comment text,
  -- Few enough stars that the office calls, by what the company held for few when it was given.
  low boolean not null,
  seen_to_at timestamptz,
  seen_to_by text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint rating_pkey primary key (tenant_id, id),
  constraint rating_once unique (tenant_id, appointment_id),
  constraint rating_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id),
  constraint rating_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint rating_stars check (stars between 1 and 5),
  constraint rating_comment check (length(comment) between 1 and 2000),
  constraint rating_seen_to check ((seen_to_at is null) = (seen_to_by is null) and length(seen_to_by) between 1 and 200)
);
create index rating_by_day on rating (tenant_id, created_at);
create index rating_by_technician on rating (tenant_id, technician_id, id);
create index rating_to_see_to on rating (tenant_id, id) where low and seen_to_at is null;
create trigger remember after insert or update or delete on rating for each row execute function remember('appointment_id');
select ctl.within_reach(current_schema(), 'rating', 'appointment', 'appointment_id in (select reached_appointment())');

-- So long after a visit its customer is asked, and so many stars at most are few.
alter table visit_message add column ask_hours integer not null default 2, add column low_stars integer not null default 2;
alter table visit_message add constraint visit_message_ask check (ask_hours between 0 and 168 and low_stars between 1 and 4);

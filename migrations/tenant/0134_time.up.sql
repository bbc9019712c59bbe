-- Working time: who was on the way, at work or on a break, from when to when, and what an hour of it costs.
--! grant time_entry: select, insert, delete, update(order_id, kind, starts_at, ends_at, reason, version, updated_at)
--! grant line_item: select, insert, delete, update(description, quantity_milli, unit_price_minor, cost_minor, version, updated_at)

-- What an hour of theirs costs the company, where it is not that of the standard labor rate.
alter table technician add column cost_minor bigint;
alter table technician add constraint technician_cost check (cost_minor between 0 and 100000000000);

create table time_entry (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  technician_id uuid not null,
  -- On the way there is a visit, and not yet a job.
  appointment_id uuid,
  order_id uuid,
  kind text not null,
  starts_at timestamptz not null,
  -- None: it is going on.
  ends_at timestamptz,
  -- Of an hour, as it was when it began.
  cost_minor bigint,
  currency text not null,
  -- Why it was written by hand, or changed.
  reason text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint time_entry_pkey primary key (tenant_id, id),
  constraint time_entry_technician foreign key (tenant_id, technician_id) references technician (tenant_id, id),
  constraint time_entry_appointment foreign key (tenant_id, appointment_id) references appointment (tenant_id, id),
  constraint time_entry_order foreign key (tenant_id, order_id) references work_order (tenant_id, id),
  constraint time_entry_kind check (kind in ('travel', 'work', 'break')),
  constraint time_entry_span check (ends_at >= starts_at),
  constraint time_entry_cost check (cost_minor between 0 and 100000000000),
  constraint time_entry_currency check (currency ~ '^[A-Z]{3}$'),
  constraint time_entry_reason check (length(reason) between 1 and 300),
  -- Nobody does two things at once, and what is going on has no end yet.
  constraint time_entry_one_at_a_time exclude using gist (tenant_id with =, technician_id with =, tstzrange(starts_at, ends_at) with &&)
);
create index time_entry_by_technician on time_entry (tenant_id, technician_id, starts_at);
create index time_entry_by_order on time_entry (tenant_id, order_id, starts_at);
create index time_entry_by_appointment on time_entry (tenant_id, appointment_id);
create index time_entry_by_start on time_entry (tenant_id, starts_at, id);
create trigger remember after insert or update or delete on time_entry for each row execute function remember('order_id');
select ctl.within_reach(current_schema(), 'time_entry', 'work_order', 'technician_id in (select reached_lane(''work_order''))');

-- What one of it cost when it was sold.
alter table line_item add column cost_minor bigint;
alter table line_item add constraint line_item_cost check (cost_minor between 0 and 100000000000);

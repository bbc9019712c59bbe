-- Jobs wait, are taken up again, and follow earlier ones: as a follow-up, under warranty, or because it did not hold.
--! grant line_item: select, insert, delete, update(description, quantity_milli, unit_price_minor, cost_minor, waived, version, updated_at)

alter table work_order drop constraint work_order_status;
alter table work_order add constraint work_order_status check (status in ('open', 'in_progress', 'on_hold', 'completed', 'cancelled'));
alter table work_order drop constraint work_order_started;
alter table work_order add constraint work_order_started check (status not in ('in_progress', 'on_hold', 'completed') or started_at is not null);
alter table work_order add column held_for text;
alter table work_order add column held_note text;
alter table work_order add constraint work_order_held check ((status = 'on_hold') = (held_for is not null)
  and held_for in ('parts', 'customer', 'approval', 'weather', 'other') and (held_note is null or held_for is not null) and length(held_note) between 1 and 300);

alter table work_order add column follows_id uuid;
alter table work_order add column follows_as text;
alter table work_order add constraint work_order_follows foreign key (tenant_id, follows_id) references work_order (tenant_id, id);
alter table work_order add constraint work_order_follows_as check ((follows_id is null) = (follows_as is null)
  and follows_as in ('follow_up', 'warranty', 'recall') and follows_id <> id);
create index work_order_by_followed on work_order (tenant_id, follows_id, number);

-- Why it costs the customer nothing.
alter table line_item add column waived text;
alter table line_item add constraint line_item_waived check (length(waived) between 1 and 300 and (waived is null or unit_price_minor = 0));

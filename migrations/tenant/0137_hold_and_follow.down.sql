-- The owner is held by the policies too; the runner walls them again.
alter table work_order no force row level security;
alter table line_item no force row level security;
alter table line_item drop column waived;
alter table work_order drop constraint work_order_held;
update work_order set status = 'in_progress' where status = 'on_hold';
alter table work_order drop constraint work_order_follows_as;
alter table work_order drop column follows_as, drop column follows_id, drop column held_for, drop column held_note;
alter table work_order drop constraint work_order_status;
alter table work_order add constraint work_order_status check (status in ('open', 'in_progress', 'completed', 'cancelled'));
alter table work_order drop constraint work_order_started;
alter table work_order add constraint work_order_started check (status not in ('in_progress', 'completed') or started_at is not null);

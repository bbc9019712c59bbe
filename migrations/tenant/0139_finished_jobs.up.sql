-- Finished jobs by their day: how many of them did not hold is asked for a stretch of time.
create index work_order_by_completed on work_order (tenant_id, completed_at) where completed_at is not null;

-- Workers that serve certain contexts step through the jobs of their kinds alone.
create index job_kind on ops.job (kind, tenant_id, run_at, id) where state = 'ready';

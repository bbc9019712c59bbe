drop index ops.job_kind;

-- The list of what happened, of one kind.
create index audit_action on audit (tenant_id, action, id);

drop index audit_action;

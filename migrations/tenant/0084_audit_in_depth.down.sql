drop function remember();
drop table audit_seal;
drop table record_change;
drop index audit_at, audit_actor, audit_tx;
alter table audit drop column tx, drop column agent, drop column address, drop column session_id, drop column via;

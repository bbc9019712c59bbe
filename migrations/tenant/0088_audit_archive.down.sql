drop trigger let_go on audit;
drop function let_go();
drop table audit_archive;

drop table estimate_revision;

drop table signature;

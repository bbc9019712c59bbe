drop table serviced;

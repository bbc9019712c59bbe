drop table equipment;

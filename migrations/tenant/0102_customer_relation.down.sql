drop table customer_relation;

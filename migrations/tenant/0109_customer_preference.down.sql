drop table customer_preference;

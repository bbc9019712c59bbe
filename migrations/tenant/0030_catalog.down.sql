drop table item_word;
drop table item;
drop table category;
drop table tax_rate;

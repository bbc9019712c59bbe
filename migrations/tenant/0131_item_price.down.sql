drop table item_price;

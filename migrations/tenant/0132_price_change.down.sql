drop table price_change_row;
drop table price_change;

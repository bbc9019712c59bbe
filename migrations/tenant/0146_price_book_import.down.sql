drop function items_in_use(uuid[]);
drop index item_by_code;
drop table item_import_deed;
drop table item_import_row;
drop table item_import;

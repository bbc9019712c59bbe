drop table import_identity;
alter table import_row add column identity text;
create index import_row_by_identity on import_row (tenant_id, import_id, identity, line);
alter table customer_word drop constraint customer_word_pkey;
alter table customer_word add constraint customer_word_pkey primary key (tenant_id, customer_id, word);
create index customer_word_by_word on customer_word (tenant_id, word, customer_id);
alter table customer drop column words;

create index customer_by_email on customer (tenant_id, email_key) where email_key is not null;
create index customer_by_phone on customer (tenant_id, phone_key) where phone_key is not null;
create index customer_by_plain_name on customer (tenant_id, name_key);
drop table customer_reach;

-- By what a customer is known again: id elsewhere, e-mail, phone with name, name. A table of its own with one index, so that no
-- plan can take a wrong one: before the first statistics of a company the indexes of `customer` look all alike, and those
-- made on account of other companies read all rows for each line of an import. No foreign key, as with words.
--! backfill customer
--! grant customer_reach: select, insert, delete
create table customer_reach (
  tenant_id uuid not null default wall.current_tenant(),
  key text collate "C" not null,
  customer_id uuid not null,
  constraint customer_reach_pkey primary key (tenant_id, key, customer_id)
);
insert into customer_reach (tenant_id, key, customer_id)
select c.tenant_id, k.key, c.id
from customer c cross join lateral (values
  ('id ' || c.external_id), ('email ' || c.email_key), ('phone ' || c.phone_key || ' ' || c.name_key), ('name ' || c.name_key)) k(key)
where k.key is not null
order by c.tenant_id, k.key, c.id;

drop index customer_by_email;
drop index customer_by_phone;
drop index customer_by_plain_name;

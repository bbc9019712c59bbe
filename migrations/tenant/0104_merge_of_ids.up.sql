-- The ids by which other systems know a customer go over to whoever they are merged with.
--! grant external_id: select, insert, delete, update(customer_id)
create trigger customer_is_here before insert or update of customer_id on external_id for each row execute function customer_is_here();

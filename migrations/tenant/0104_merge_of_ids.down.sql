drop trigger customer_is_here on external_id;

-- Of which records every change is kept, and how each was when that began.
--! backfill customer, contact, location, tax_rate, category, item, technician, appointment, work_order, line_item, invoice, invoice_line, payment, service_account, record_change

create trigger remember after insert or update or delete on customer for each row execute function remember();
create trigger remember after insert or update or delete on contact for each row execute function remember('customer_id');
create trigger remember after insert or update or delete on location for each row execute function remember('customer_id');
create trigger remember after insert or update or delete on tax_rate for each row execute function remember();
create trigger remember after insert or update or delete on category for each row execute function remember();
create trigger remember after insert or update or delete on item for each row execute function remember();
create trigger remember after insert or update or delete on technician for each row execute function remember();
create trigger remember after insert or update or delete on appointment for each row execute function remember();
create trigger remember after insert or update or delete on work_order for each row execute function remember();
create trigger remember after insert or update or delete on line_item for each row execute function remember('order_id');
create trigger remember after insert or update or delete on invoice for each row execute function remember();
create trigger remember after insert or update or delete on invoice_line for each row execute function remember('invoice_id');
create trigger remember after insert or update or delete on payment for each row execute function remember('invoice_id');
create trigger remember after insert or update or delete on service_account for each row execute function remember();

create function new_change_id() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
    substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- Where the story of what is there already begins: as it has been since it was last changed.
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'customer', r.id, null, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from customer r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'contact', r.id, r.customer_id, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from contact r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'location', r.id, r.customer_id, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from location r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'tax_rate', r.id, null, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from tax_rate r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'category', r.id, null, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from category r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'item', r.id, null, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from item r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'technician', r.id, null, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from technician r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'appointment', r.id, null, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from appointment r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'work_order', r.id, null, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from work_order r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'line_item', r.id, r.order_id, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from line_item r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'invoice', r.id, null, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from invoice r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.created_at, 'invoice_line', r.id, r.invoice_id, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from invoice_line r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.created_at, 'payment', r.id, r.invoice_id, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from payment r;
insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, after)
select r.tenant_id, new_change_id(), r.updated_at, 'service_account', r.id, null, 1 + (select coalesce(max(c.n), 0) from record_change c where c.tenant_id = r.tenant_id and c.record_id = r.id), 'found',
  to_jsonb(r) - array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'] from service_account r;
drop function new_change_id();

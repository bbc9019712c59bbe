-- What is kept for a customer is never below nothing, by whichever path: also where a merge that is taken back parts what came in
-- from what was used of it.
create function customer_credit_covered() returns trigger language plpgsql set search_path from current as $$
begin
  if (select sum(c.amount_minor) from customer_credit c where c.tenant_id = new.tenant_id and c.customer_id = new.customer_id) < 0 then
    raise exception 'a credit is covered' using errcode = '23514', constraint = 'customer_credit_covered';
  end if;
  if tg_op = 'UPDATE' and (select sum(c.amount_minor) from customer_credit c where c.tenant_id = old.tenant_id and c.customer_id = old.customer_id) < 0 then
    raise exception 'a credit is covered' using errcode = '23514', constraint = 'customer_credit_covered';
  end if;
  return null;
end $$;
revoke execute on function customer_credit_covered() from public;
create constraint trigger customer_credit_covered after insert or update on customer_credit
  deferrable initially deferred for each row execute function customer_credit_covered();

-- A closing holds the numbers of vouchers, so the trigger reads what is there and needs no lock of its own.
create or replace function voucher_period_is_open() returns trigger language plpgsql set search_path from current as $$
begin
  if exists (select from ledger_close c where c.tenant_id = new.tenant_id and c.closed_to >= new.posted_on) then
    raise exception 'the books are closed for that day' using errcode = '23514', constraint = 'voucher_period_open';
  end if;
  return new;
end $$;

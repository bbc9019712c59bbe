drop trigger customer_credit_covered on customer_credit;
drop function customer_credit_covered();
create or replace function voucher_period_is_open() returns trigger language plpgsql set search_path from current as $$
begin
  perform from ledger_close c where c.tenant_id = new.tenant_id and c.closed_to >= new.posted_on for share;
  if found then
    raise exception 'the books are closed for that day' using errcode = '23514', constraint = 'voucher_period_open';
  end if;
  return new;
end $$;

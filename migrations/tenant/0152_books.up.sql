-- The books are closed up to a day: nothing is posted on it or before, by whichever path.
--! grant ledger_account: select, insert, update(name, version, updated_at)
create table ledger_close (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  -- The last day that is closed.
  closed_to date,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint ledger_close_pkey primary key (tenant_id, id),
  constraint ledger_close_once unique (tenant_id)
);
create trigger remember after insert or update or delete on ledger_close for each row execute function remember();

create function voucher_period_is_open() returns trigger language plpgsql set search_path from current as $$
begin
  -- The share lock makes a closing wait for vouchers that are being posted, or the other way round.
  perform from ledger_close c where c.tenant_id = new.tenant_id and c.closed_to >= new.posted_on for share;
  if found then
    raise exception 'the books are closed for that day' using errcode = '23514', constraint = 'voucher_period_open';
  end if;
  return new;
end $$;
revoke execute on function voucher_period_is_open() from public;
create trigger voucher_period_is_open before insert on voucher for each row execute function voucher_period_is_open();

alter table ledger_account add column version bigint not null default 1, add column updated_at timestamptz not null default now();
create trigger remember after insert or update or delete on ledger_account for each row execute function remember();

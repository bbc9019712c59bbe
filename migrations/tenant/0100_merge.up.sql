-- Customers who are one: pairs that look alike, and merges with all that moved by them, so that they can be taken back.
--! grant customer_likeness: select, insert, delete
--! grant duplicate: select, insert, delete, update(score, reasons, decision, decided_at, decided_by)
--! grant customer_merge: select, insert, update(undone_at, undone_by)
--! grant customer_merge_row: select, insert
--! grant timeline_entry: select, insert, delete, update(customer_id)
--! grant consent: select, insert, update(customer_id)
--! grant payment: select, insert, update(reversed_on, reversed_reason, customer_id)

-- Whoever became part of another stays as a row that says of whom. No foreign key, whose index each new customer would enter:
-- `customer_merge` has it, and holds both.
alter table customer add column merged_into uuid;
alter table customer drop constraint customer_status;
alter table customer add constraint customer_status check (status in ('active', 'archived', 'merged'));
alter table customer add constraint customer_merged check ((status = 'merged') = (merged_into is not null) and merged_into <> id);

create table customer_merge (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  -- Who stays.
  customer_id uuid not null,
  gone_id uuid not null,
  -- Both as they were, as far as the merge changed them.
  kept jsonb not null,
  author text not null,
  created_at timestamptz not null,
  created_by uuid,
  undone_at timestamptz,
  undone_by uuid,
  constraint customer_merge_pkey primary key (tenant_id, id),
  constraint customer_merge_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  constraint customer_merge_gone foreign key (tenant_id, gone_id) references customer (tenant_id, id),
  constraint customer_merge_two check (customer_id <> gone_id)
);
create unique index customer_merge_once on customer_merge (tenant_id, gone_id) where undone_at is null;
create index customer_merge_of_gone on customer_merge (tenant_id, gone_id);
create index customer_merge_of_customer on customer_merge (tenant_id, customer_id, id);
select ctl.within_reach(current_schema(), 'customer_merge', 'customer',
  'customer_id in (select reached_customer()) and gone_id in (select reached_customer())');

-- Row by row what moved, by the name of its table.
create table customer_merge_row (
  tenant_id uuid not null default wall.current_tenant(),
  merge_id uuid not null,
  record text not null,
  row_id uuid not null,
  constraint customer_merge_row_pkey primary key (tenant_id, merge_id, record, row_id),
  constraint customer_merge_row_merge foreign key (tenant_id, merge_id) references customer_merge (tenant_id, id)
);
select ctl.within_reach(current_schema(), 'customer_merge_row', 'customer',
  'merge_id in (select m.id from customer_merge m where m.tenant_id = wall.current_tenant())');

-- By what customers are likened: written by a job after they changed, so that whoever adds one waits for nothing.
create table customer_likeness (
  tenant_id uuid not null default wall.current_tenant(),
  key text collate "C" not null,
  customer_id uuid not null,
  constraint customer_likeness_pkey primary key (tenant_id, key, customer_id),
  constraint customer_likeness_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade
);
create index customer_likeness_of on customer_likeness (tenant_id, customer_id, key);
select ctl.within_reach(current_schema(), 'customer_likeness', 'customer', 'customer_id in (select reached_customer())');

-- Pairs that look alike, and what was decided of them: a pair that is apart is not suggested again.
create table duplicate (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  -- The lesser id of the two.
  one_id uuid not null,
  other_id uuid not null,
  score integer not null,
  reasons text[] not null,
  decision text not null default 'open',
  created_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid,
  constraint duplicate_pkey primary key (tenant_id, id),
  constraint duplicate_once unique (tenant_id, one_id, other_id),
  constraint duplicate_one foreign key (tenant_id, one_id) references customer (tenant_id, id) on delete cascade,
  constraint duplicate_other foreign key (tenant_id, other_id) references customer (tenant_id, id) on delete cascade,
  constraint duplicate_decision check (decision in ('open', 'apart')),
  constraint duplicate_two check (one_id < other_id)
);
create index duplicate_best on duplicate (tenant_id, decision, score, id);
create index duplicate_of_other on duplicate (tenant_id, other_id);
select ctl.within_reach(current_schema(), 'duplicate', 'customer',
  'one_id in (select reached_customer()) and other_id in (select reached_customer())');

-- Nothing new is written for who became part of another. The lock waits for a merge that is under way.
create function customer_is_here() returns trigger language plpgsql set search_path from current as $$
declare
  found_status text;
begin
  if new.customer_id is null then
    return new;
  end if;
  select c.status into found_status from customer c where c.tenant_id = new.tenant_id and c.id = new.customer_id for key share;
  if found_status = 'merged' then
    raise exception 'a customer who was merged with another' using errcode = '23514', constraint = 'customer_is_here';
  end if;
  return new;
end $$;
revoke execute on function customer_is_here() from public;
create trigger customer_is_here before insert or update of customer_id on contact for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on location for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on equipment for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on customer_tag for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on consent for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on timeline_entry for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on appointment for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on work_order for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on invoice for each row execute function customer_is_here();
create trigger customer_is_here before insert or update of customer_id on payment for each row execute function customer_is_here();

-- What was said, told or paid, or stands on an issued invoice, changes hands by a merge alone, or by taking one back.
create function merged_with(one uuid, other uuid) returns boolean language plpgsql stable set search_path from current as $$
begin
  return exists (select from customer_merge m where m.tenant_id = wall.current_tenant() and m.undone_at is null
    and ((m.gone_id = one and m.customer_id = other) or (m.gone_id = other and m.customer_id = one)));
end $$;
revoke execute on function merged_with(uuid, uuid) from public;

create function moves_by_merge() returns trigger language plpgsql set search_path from current as $$
begin
  if new.customer_id is distinct from old.customer_id and not merged_with(old.customer_id, new.customer_id) then
    raise exception 'only a merge gives this to another customer' using errcode = '23514', constraint = 'moves_by_merge';
  end if;
  return new;
end $$;
revoke execute on function moves_by_merge() from public;
create trigger moves_by_merge before update of customer_id on consent for each row execute function moves_by_merge();
create trigger moves_by_merge before update of customer_id on timeline_entry for each row execute function moves_by_merge();
create trigger moves_by_merge before update of customer_id on payment for each row execute function moves_by_merge();

create or replace function invoice_stays() returns trigger language plpgsql set search_path from current as $$
begin
  if tg_op = 'DELETE' then
    -- Without a bound tenant it is the operator who removes a whole company; the program itself sees no row then.
    if old.status <> 'draft' and wall.current_tenant() is not null then
      raise exception 'an issued invoice is not deleted' using errcode = '23514', constraint = 'invoice_stays';
    end if;
    return old;
  end if;
  if old.status = 'draft' then
    if new.status not in ('draft', 'issued', 'paid') then
      raise exception 'a draft is issued first' using errcode = '23514', constraint = 'invoice_stays';
    end if;
    return new;
  end if;
  -- A merge gives it to whoever stays, with all that is printed on it.
  if new.customer_id <> old.customer_id and merged_with(old.customer_id, new.customer_id)
     and to_jsonb(new) - array['customer_id', 'version'] = to_jsonb(old) - array['customer_id', 'version'] then
    return new;
  end if;
  if (new.customer_id, new.work_order_id, new.number, new.sequence, new.currency, new.terms_days, new.issued_on, new.issued_at, new.due_on,
      new.bill_to, new.note, new.reference, new.subtotal_minor, new.discount_minor, new.tax_minor, new.total_minor)
     is distinct from
     (old.customer_id, old.work_order_id, old.number, old.sequence, old.currency, old.terms_days, old.issued_on, old.issued_at, old.due_on,
      old.bill_to, old.note, old.reference, old.subtotal_minor, old.discount_minor, old.tax_minor, old.total_minor)
     or new.status = 'draft' or old.status = 'void' then
    raise exception 'an issued invoice is not changed' using errcode = '23514', constraint = 'invoice_stays';
  end if;
  return new;
end $$;

-- The audit in depth: through what and from where somebody came, what each record was before and after, and the chain of
-- seals by which a changed, missing or reordered row is found.
--! grant record_change: select, insert
--! grant audit_seal: select, insert

alter table audit
  add column via text not null default '',
  add column session_id uuid,
  add column address text,
  add column agent text,
  -- The transaction: what was told in it and what it changed belong together.
  add column tx bigint not null default 0;
alter table audit alter column tx set default (pg_current_xact_id()::text::bigint);
create index audit_tx on audit (tenant_id, tx);
create index audit_actor on audit (tenant_id, actor_id, id);
create index audit_at on audit (tenant_id, at, id);

create table record_change (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  at timestamptz not null,
  record text not null,
  record_id uuid not null,
  -- The record it is a part of: a line's invoice, a contact's customer.
  part_of uuid,
  -- Counts the changes of this record in the order in which they were made.
  n bigint not null,
  deed text not null,
  before jsonb not null default '{}',
  after jsonb not null default '{}',
  tx bigint not null default (pg_current_xact_id()::text::bigint),
  constraint record_change_pkey primary key (tenant_id, id),
  constraint record_change_in_order unique (tenant_id, record_id, n),
  -- found: how the record was when changes began to be kept.
  constraint record_change_deed check (deed in ('found', 'insert', 'update', 'delete'))
);
create index record_change_of_part on record_change (tenant_id, part_of, id) where part_of is not null;

create table audit_seal (
  tenant_id uuid not null default wall.current_tenant(),
  -- Counts up without a gap: a missing number is a missing seal.
  number bigint not null,
  -- The row of audit or record_change that it seals.
  entry uuid not null,
  kind text not null,
  digest text not null,
  -- SHA-256 over the chain so far, the number, the entry and the digest.
  chain text not null,
  at timestamptz not null,
  constraint audit_seal_pkey primary key (tenant_id, number),
  constraint audit_seal_once unique (tenant_id, kind, entry),
  constraint audit_seal_kind check (kind in ('audit', 'record_change'))
);

-- Keeps what a change made of a row, whoever made it. The first argument is the column of the record it is a part of.
create function remember() returns trigger language plpgsql set search_path from current as $$
declare
  -- Secrets, and what is worked out from the rest.
  left_out constant text[] := array['tenant_id', 'token_hash', 'name_key', 'email_key', 'phone_key', 'city_key', 'words', 'during'];
  before_row jsonb;
  after_row jsonb;
  earlier jsonb := '{}';
  later jsonb := '{}';
  whole jsonb;
  moment timestamptz;
  last record;
begin
  -- A migration's backfill belongs to no tenant; the file says what it did.
  if current_user = 'tw_owner' then
    return null;
  end if;
  if tg_op <> 'INSERT' then
    before_row := to_jsonb(old) - left_out;
  end if;
  if tg_op <> 'DELETE' then
    after_row := to_jsonb(new) - left_out;
  end if;
  whole := coalesce(after_row, before_row);
  if tg_op = 'UPDATE' then
    select coalesce(jsonb_object_agg(b.key, b.value), '{}'), coalesce(jsonb_object_agg(b.key, after_row -> b.key), '{}')
      into earlier, later from jsonb_each(before_row) b where b.value is distinct from after_row -> b.key;
    if earlier = '{}' then
      return null;
    end if;
  else
    earlier := coalesce(before_row, '{}');
    later := coalesce(after_row, '{}');
  end if;
  -- The row itself says when, by the clock of the request; what says nothing is dated by the transaction.
  moment := case tg_op when 'INSERT' then coalesce((whole ->> 'created_at')::timestamptz, now())
    when 'UPDATE' then coalesce((later ->> 'updated_at')::timestamptz, now()) else now() end;
  -- The lock on the row puts its changes in order.
  select c.n, c.at into last from record_change c where c.tenant_id = coalesce(new.tenant_id, old.tenant_id) and c.record_id = (whole ->> 'id')::uuid
    order by c.n desc limit 1;
  insert into record_change (tenant_id, id, at, record, record_id, part_of, n, deed, before, after)
  values (coalesce(new.tenant_id, old.tenant_id),
    -- UUIDv7, as the program makes them: they sort by time.
    encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
      substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid,
    greatest(moment, last.at), tg_table_name, (whole ->> 'id')::uuid,
    case when tg_nargs > 0 then (whole ->> tg_argv[0])::uuid end, coalesce(last.n, 0) + 1, lower(tg_op), earlier, later);
  return null;
end $$;

-- Lists taken along as files: who asked for which, how far it is, and with which eyes it was written.
--! grant export: select, insert, delete, update(status, slot, attempts, rows, bytes, file_id, problem, reach, prices, costs, finished_at, expires_at, updated_at)
create table export (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  list text not null,
  format text not null,
  -- The list's own question, as its address asks it.
  filter jsonb not null,
  status text not null default 'waiting',
  -- Which of the company's three places it takes while it is at work.
  slot integer,
  attempts integer not null default 0,
  rows bigint not null default 0,
  bytes bigint,
  -- The file of this attempt: another attempt writes another.
  file_id uuid,
  problem text,
  -- Who asked: what they may is looked up anew when it is written. A service account comes with one of its keys.
  asker_kind text not null,
  asker_id uuid not null,
  asker_key uuid,
  -- What they reached and saw when it was written: nobody opens it who reaches or sees less.
  reach text,
  prices boolean not null default false,
  costs boolean not null default false,
  finished_at timestamptz,
  -- Until then the file can be had.
  expires_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint export_pkey primary key (tenant_id, id),
  constraint export_slot_once unique (tenant_id, slot),
  constraint export_slots check (slot between 1 and 3),
  constraint export_at_work check ((slot is not null) = (status in ('waiting', 'running'))),
  constraint export_status check (status in ('waiting', 'running', 'done', 'failed', 'cancelled', 'expired')),
  constraint export_format check (format in ('csv', 'xlsx', 'json')),
  constraint export_asker check (asker_kind in ('user', 'key', 'service')),
  constraint export_done check (status <> 'done' or (file_id is not null and reach is not null and expires_at is not null))
);
create index export_by_asker on export (tenant_id, asker_id, id desc);
create index export_by_age on export (tenant_id, created_at, id);
-- Whoever reaches a part sees which of the places are taken, and otherwise their own.
select ctl.within_reach(current_schema(), 'export', 'customer', 'slot is not null or asker_id = any ((select wall.reach(''customer''))::uuid[])');

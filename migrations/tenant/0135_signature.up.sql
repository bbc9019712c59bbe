-- Signatures of customers: who signed what, and when. They are added and never changed.
--! grant signature: select, insert

create table signature (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  order_id uuid not null,
  kind text not null,
  name text not null,
  -- The sentence above the line.
  words text not null,
  -- What was shown: the job and its lines, with prices where they were shown.
  shown jsonb not null,
  -- The lines as they were, whatever of them was shown.
  lines_hash text not null,
  -- As drawn, in a field of 1000 by 400: "x,y x,y;x,y x,y". None: the name was typed instead.
  strokes text,
  -- Of all of it, in its canonical form.
  hash text not null,
  taken_by text not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint signature_pkey primary key (tenant_id, id),
  constraint signature_order foreign key (tenant_id, order_id) references work_order (tenant_id, id),
  constraint signature_kind check (kind in ('approval', 'completion')),
  constraint signature_name check (length(name) between 1 and 120),
  constraint signature_words check (length(words) between 1 and 500),
  constraint signature_strokes check (length(strokes) between 3 and 60000),
  constraint signature_hashes check (hash ~ '^[0-9a-f]{64}$' and lines_hash ~ '^[0-9a-f]{64}$')
);
create index signature_in_order on signature (tenant_id, order_id, id);
select ctl.within_reach(current_schema(), 'signature', 'work_order', 'order_id in (select reached_order())');

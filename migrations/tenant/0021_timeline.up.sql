-- What happened with a customer, written by subscription; notes of the team stand among it.
--! grant timeline_entry: select, insert, delete

create table timeline_entry (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  at timestamptz not null,
  kind text not null,
  icon text not null,
  tone text not null default 'plain',
  text text not null,
  detail text,
  href text,
  author text,
  created_at timestamptz not null default now(),
  created_by uuid,
  constraint timeline_entry_pkey primary key (tenant_id, id),
  constraint timeline_entry_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade,
  constraint timeline_entry_tone check (tone in ('plain', 'good', 'bad')),
  constraint timeline_entry_text check (length(text) between 1 and 200),
  constraint timeline_entry_detail check (length(detail) <= 10000)
);
create index timeline_entry_latest on timeline_entry (tenant_id, customer_id, at desc, id desc);

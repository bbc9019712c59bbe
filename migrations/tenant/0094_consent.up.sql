-- What customers said about being written to and called: each word of theirs is a row that stays, and the last one counts.
--! grant consent: select, insert
create table consent (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  customer_id uuid not null,
  channel text not null,
  purpose text not null,
  allowed boolean not null,
  -- From where it is known: "On the phone", "Form at the fair".
  source text not null,
  -- Who wrote it down.
  author text not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint consent_pkey primary key (tenant_id, id),
  constraint consent_customer foreign key (tenant_id, customer_id) references customer (tenant_id, id) on delete cascade,
  constraint consent_channel check (channel in ('email', 'sms', 'phone', 'post')),
  constraint consent_purpose check (purpose in ('service', 'reminder', 'marketing')),
  constraint consent_source check (length(source) between 1 and 200)
);
create index consent_latest on consent (tenant_id, customer_id, channel, purpose, id desc);
create index consent_by_customer on consent (tenant_id, customer_id, id desc);
select ctl.within_reach(current_schema(), 'consent', 'customer', 'customer_id in (select reached_customer())');

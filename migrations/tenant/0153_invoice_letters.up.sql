-- Invoices by e-mail, and reminders of those that are late.
--! grant invoice_letter: select, insert
create table invoice_letter (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  invoice_id uuid not null,
  kind text not null,
  -- Of reminders the how-manyeth.
  stage integer not null default 0,
  sent_to text not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint invoice_letter_pkey primary key (tenant_id, id),
  constraint invoice_letter_invoice foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  constraint invoice_letter_kind check (kind in ('invoice', 'reminder')),
  constraint invoice_letter_stage check ((kind = 'reminder') = (stage > 0)),
  constraint invoice_letter_to check (length(sent_to) between 3 and 320)
);
create index invoice_letter_of_invoice on invoice_letter (tenant_id, invoice_id, id);
-- Each reminder once, whoever sends it.
create unique index invoice_reminder_once on invoice_letter (tenant_id, invoice_id, stage) where kind = 'reminder';
select ctl.within_reach(current_schema(), 'invoice_letter', 'customer', 'invoice_id in (select reached_invoice())');

create table reminder_terms (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  -- So many days after an invoice was due; none: nobody is reminded.
  days integer[] not null,
  words text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint reminder_terms_pkey primary key (tenant_id, id),
  constraint reminder_terms_once unique (tenant_id),
  constraint reminder_terms_days check (cardinality(days) <= 5 and 1 <= all (days) and 365 >= all (days)),
  constraint reminder_terms_words check (length(words) between 1 and 600)
);
create trigger remember after insert or update or delete on reminder_terms for each row execute function remember();

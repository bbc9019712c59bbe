-- What customers said to an estimate: approved with a name, bound to what they were shown, or declined; and the deposit of a job.
--! grant estimate_decision: select, insert

create table estimate_decision (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  estimate_id uuid not null,
  revision integer not null,
  kind text not null,
  option_id uuid,
  -- The lines that were ticked.
  ticked uuid[] not null default '{}',
  total_minor bigint not null default 0,
  deposit_minor bigint not null default 0,
  -- SHA-256 over the revision's hash, the choice and its sums; and over that with name, signature and moment.
  shown_hash text,
  seal text,
  name text,
  -- What was drawn, as the path of an SVG; none where the typed name stands for it.
  signature text,
  reason text,
  -- By the customer with the link, or by somebody of the office who was told.
  via text not null,
  told text,
  address text,
  agent text,
  created_at timestamptz not null,
  created_by uuid,
  constraint estimate_decision_pkey primary key (tenant_id, id),
  constraint estimate_decision_estimate foreign key (tenant_id, estimate_id) references estimate (tenant_id, id),
  constraint estimate_decision_kind check (kind in ('approved', 'declined')),
  constraint estimate_decision_via check (via in ('link', 'phone', 'in_person', 'email', 'other')),
  constraint estimate_decision_told check ((via = 'link') = (told is null)),
  constraint estimate_decision_approved check (
    kind = 'declined' or (option_id is not null and shown_hash ~ '^[0-9a-f]{64}$' and seal ~ '^[0-9a-f]{64}$' and length(name) between 1 and 120)),
  constraint estimate_decision_signature check (length(signature) between 1 and 20000 and signature ~ '^[ML0-9 .-]+$'),
  constraint estimate_decision_reason check (length(reason) between 1 and 1000)
);
create index estimate_decision_by_estimate on estimate_decision (tenant_id, estimate_id, id);
-- However often it is sent, it is agreed once.
create unique index estimate_approved_once on estimate_decision (tenant_id, estimate_id) where kind = 'approved';
select ctl.within_reach(current_schema(), 'estimate_decision', 'customer', 'estimate_id in (select reached_estimate())');

alter table invoice add column deposit_of_order_id uuid;
alter table invoice add constraint invoice_deposit_of foreign key (tenant_id, deposit_of_order_id) references work_order (tenant_id, id);
create index invoice_by_deposit_of on invoice (tenant_id, deposit_of_order_id);

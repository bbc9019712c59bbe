-- What was sent of an estimate, each time as it was shown: its text and the hash of it, to which an approval is bound.
--! grant estimate_revision: select, insert, update(reminded_at)

create table estimate_revision (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  estimate_id uuid not null,
  number integer not null,
  -- JSON as it was hashed, letter by letter.
  content text not null,
  -- SHA-256 of it.
  hash text not null,
  -- None: the link was handed over in another way.
  sent_to text,
  reminded_at timestamptz,
  created_at timestamptz not null,
  created_by uuid,
  constraint estimate_revision_pkey primary key (tenant_id, id),
  constraint estimate_revision_estimate foreign key (tenant_id, estimate_id) references estimate (tenant_id, id),
  constraint estimate_revision_once unique (tenant_id, estimate_id, number),
  constraint estimate_revision_hash check (hash ~ '^[0-9a-f]{64}$'),
  constraint estimate_revision_is_hashed check (hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
  constraint estimate_revision_sent_to check (length(sent_to) between 3 and 254)
);
select ctl.within_reach(current_schema(), 'estimate_revision', 'customer', 'estimate_id in (select reached_estimate())');

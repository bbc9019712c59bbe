-- Mail that a company sends: each letter with how it fared, addresses that take none, and the name it is sent under.
--! secret email, email_attachment, email_key
--! grant email: select, insert, update(parts, text, html, state, attempts, problem, answer, next_try_at, handed_at, sent_at, version, updated_at)
create table email (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  to_address text not null,
  -- Lower case, the domain in ASCII: what blocks and searches compare.
  to_key text not null,
  to_name text not null default '',
  subject text not null,
  purpose text not null,
  about_kind text not null default '',
  about_id uuid,
  -- It holds a secret link: what it says is never shown here, and is forgotten once it is sent.
  confidential boolean not null default false,
  parts jsonb not null,
  -- As it was sent; none before, and never for a confidential one.
  text text,
  html text,
  state text not null default 'queued',
  attempts integer not null default 0,
  problem text not null default '',
  -- What the mail server said when it took it; its id is in there.
  answer text not null default '',
  next_try_at timestamptz,
  handed_at timestamptz,
  sent_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint email_pkey primary key (tenant_id, id),
  constraint email_purpose_known check (purpose in ('transactional', 'reminder', 'marketing')),
  constraint email_state_known check (state in ('queued', 'sending', 'sent', 'failed', 'held')),
  constraint email_sent_when check ((state = 'sent') = (sent_at is not null))
);
create index email_state on email (tenant_id, state, id);
create index email_about on email (tenant_id, about_id, id) where about_id is not null;
create index email_to on email (tenant_id, to_key, id);
create index email_handed on email (tenant_id, handed_at) where handed_at is not null;

--! grant email_attachment: select, insert
create table email_attachment (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  email_id uuid not null,
  name text not null,
  media_type text not null,
  bytes bytea not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint email_attachment_pkey primary key (tenant_id, id),
  constraint email_attachment_email_fkey foreign key (tenant_id, email_id) references email (tenant_id, id)
);
create index email_attachment_email on email_attachment (tenant_id, email_id, id);

--! grant email_block: select, insert, delete
create table email_block (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  address_key text not null,
  -- `all`: the address does not exist. Otherwise the one purpose that its reader wants no mail for.
  purpose text not null,
  reason text not null,
  says text not null default '',
  created_at timestamptz not null,
  created_by uuid,
  constraint email_block_pkey primary key (tenant_id, id),
  constraint email_block_once unique (tenant_id, address_key, purpose),
  constraint email_block_purpose_known check (purpose in ('all', 'reminder', 'marketing')),
  constraint email_block_reason_known check (reason in ('bounced', 'unsubscribed', 'asked'))
);

-- One row for a company: under which name it writes, where answers go, what stands at the foot.
--! grant email_setting: select, insert, update(sender_name, reply_to, foot, version, updated_at)
create table email_setting (
  tenant_id uuid not null default wall.current_tenant(),
  sender_name text,
  reply_to text,
  foot text not null default '',
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint email_setting_pkey primary key (tenant_id)
);

-- What the links for unsubscribing are sealed with; made at first use, never changed, so that old links stay good.
--! grant email_key: select, insert
create table email_key (
  tenant_id uuid not null default wall.current_tenant(),
  secret text not null,
  created_at timestamptz not null,
  constraint email_key_pkey primary key (tenant_id)
);

-- Addresses that are proved, the links that prove them or let in whoever lost a password, and on what a session runs.
alter table member add column email_verified_at timestamptz;
alter table session add column agent text not null default '';
-- Sent by mail, and shown to nobody else: who takes it up reads mail at that address.
alter table invitation add column mailed boolean not null default false;

create table mail_link (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  purpose text not null,
  -- Where it was sent. For a change it is the new address, which is not the member's before the link was opened.
  email text not null,
  token_hash text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null,
  created_by uuid,
  constraint mail_link_pkey primary key (tenant_id, id),
  constraint mail_link_token_once unique (tenant_id, token_hash),
  constraint mail_link_purpose_known check (purpose in ('reset', 'verify', 'change')),
  constraint mail_link_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
);
create index mail_link_member on mail_link (tenant_id, member_id);
--! secret mail_link
--! grant mail_link: select, insert, delete, update(used_at)

-- Somebody asked for a new password. Whether the address is anybody's is looked up later, so that asking costs the same.
create table reset_request (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  email_key text not null,
  created_at timestamptz not null,
  constraint reset_request_pkey primary key (tenant_id, id)
);
--! secret reset_request
--! grant reset_request: select, insert, delete

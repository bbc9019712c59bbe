-- Roles with their permissions, the people who hold them, and what proves who somebody is.
create table role (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  label text not null,
  -- A role of the house: its permissions follow the program. `seeded` is the catalogue they were last taken from.
  system boolean not null default false,
  seeded text not null default '',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint role_pkey primary key (tenant_id, id),
  constraint role_name_once unique (tenant_id, name)
);

create table role_permission (
  tenant_id uuid not null default wall.current_tenant(),
  role text not null,
  permission text not null,
  constraint role_permission_pkey primary key (tenant_id, role, permission),
  constraint role_permission_role_fkey foreign key (tenant_id, role) references role (tenant_id, name) on delete cascade
);
--! grant role_permission: select, insert, delete

create table member (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  email text not null,
  email_key text not null,
  name text not null,
  phone text,
  role text not null,
  -- Argon2id, PHC form; none until an invitation is taken up.
  password_hash text,
  active boolean not null default true,
  last_seen_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint member_pkey primary key (tenant_id, id),
  constraint member_email_once unique (tenant_id, email_key),
  constraint member_role_fkey foreign key (tenant_id, role) references role (tenant_id, name)
);
create index member_role on member (tenant_id, role);
--! secret member

create table session (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  token_hash text not null,
  peer text not null default '',
  last_seen_at timestamptz not null,
  ends_at timestamptz not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint session_pkey primary key (tenant_id, id),
  constraint session_token_once unique (tenant_id, token_hash),
  constraint session_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
);
create index session_member on session (tenant_id, member_id);
--! secret session
--! grant session: select, insert, delete, update(last_seen_at)

create table api_key (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  prefix text not null,
  secret_hash text not null,
  scopes text[] not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint api_key_pkey primary key (tenant_id, id),
  constraint api_key_secret_once unique (tenant_id, secret_hash)
);
--! secret api_key
--! grant api_key: select, insert, update(last_used_at, revoked_at, updated_at, version)

-- Refresh tokens: each is used once and names the family it came from, so that a second use ends the family.
create table refresh_token (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  family uuid not null,
  token_hash text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  created_by uuid,
  constraint refresh_token_pkey primary key (tenant_id, id),
  constraint refresh_token_hash_once unique (tenant_id, token_hash),
  constraint refresh_token_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
);
create index refresh_token_member on refresh_token (tenant_id, member_id);
create index refresh_token_family on refresh_token (tenant_id, family);
--! secret refresh_token
--! grant refresh_token: select, insert, delete, update(used_at, revoked_at)

-- Links that let somebody in once: an invitation with a password to choose, or the way from sign-up to the first page.
create table invitation (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  purpose text not null,
  token_hash text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null,
  created_by uuid,
  constraint invitation_pkey primary key (tenant_id, id),
  constraint invitation_token_once unique (tenant_id, token_hash),
  constraint invitation_purpose_known check (purpose in ('invite', 'handover')),
  constraint invitation_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
);
create index invitation_member on invitation (tenant_id, member_id);
--! secret invitation
--! grant invitation: select, insert, delete, update(used_at)

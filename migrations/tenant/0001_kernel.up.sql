-- What the kernel keeps for every tenant: who did what, answers to repeated requests, files.
--! grant audit: select, insert
--! grant idempotency: select, insert, delete
--! secret idempotency

create table audit (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  at timestamptz not null default now(),
  actor_kind text not null,
  actor_id uuid,
  actor_name text not null default '',
  action text not null,
  subject uuid,
  request_id uuid,
  detail jsonb not null default '{}',
  primary key (tenant_id, id)
);
create index audit_subject on audit (tenant_id, subject, id);

create table idempotency (
  tenant_id uuid not null default wall.current_tenant(),
  principal text not null,
  route text not null,
  key text not null,
  fingerprint text not null,
  status int not null,
  headers jsonb not null,
  body text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, principal, route, key)
);
create index idempotency_age on idempotency (tenant_id, created_at);

create table file (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  media_type text not null,
  size bigint not null check (size >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  purpose text not null,
  created_at timestamptz not null default now(),
  created_by uuid,
  primary key (tenant_id, id)
);
create index file_sha256 on file (tenant_id, sha256);

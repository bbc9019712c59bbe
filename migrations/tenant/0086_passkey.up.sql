-- Passkeys: keys that a person's device keeps, and the questions put to such a device that wait for their answer.
create table passkey (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  name text not null,
  -- The address it was made at: a browser offers it nowhere else.
  host text not null,
  -- The device's own name for it, base64url.
  credential_id text not null,
  -- The public key and what else the check of an answer needs.
  credential jsonb not null,
  -- How often the device says it has signed; it only goes up, and stays 0 where the device does not count.
  counter bigint not null,
  last_used_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint passkey_pkey primary key (tenant_id, id),
  constraint passkey_credential_once unique (tenant_id, credential_id),
  constraint passkey_counter_counts check (counter >= 0),
  constraint passkey_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
);
create index passkey_member on passkey (tenant_id, member_id, created_at);
--! secret passkey
--! grant passkey: select, insert, delete, update(name, credential, counter, last_used_at, version, updated_at)

-- A challenge that was handed out and not yet answered. Whoever answers takes the row away, so each is answered once.
create table passkey_ceremony (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  kind text not null,
  -- Nobody, while it is not known who signs in.
  member_id uuid,
  host text not null,
  state jsonb not null,
  ends_at timestamptz not null,
  created_at timestamptz not null,
  constraint passkey_ceremony_pkey primary key (tenant_id, id),
  constraint passkey_ceremony_kind_known check (kind in ('add', 'sign_in', 'second')),
  constraint passkey_ceremony_whose check ((member_id is null) = (kind = 'sign_in')),
  constraint passkey_ceremony_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
);
create index passkey_ceremony_member on passkey_ceremony (tenant_id, member_id, kind);
create index passkey_ceremony_oldest on passkey_ceremony (tenant_id, kind, created_at);
--! secret passkey_ceremony
--! grant passkey_ceremony: select, insert, delete

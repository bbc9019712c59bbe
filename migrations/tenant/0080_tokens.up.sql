-- Families of refresh tokens, which are refreshed one at a time and end as one; keys that take another's place; and accounts
-- of programs, which own keys.
--! secret token_family, service_account
--! backfill refresh_token
--! grant token_family: select, insert, delete, update(expires_at, refreshed_at, revoked_at, revoked_why)
create table token_family (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  -- When its last refresh token is over, and with it the family.
  expires_at timestamptz not null,
  refreshed_at timestamptz not null,
  revoked_at timestamptz,
  revoked_why text,
  created_at timestamptz not null,
  created_by uuid,
  constraint token_family_pkey primary key (tenant_id, id),
  constraint token_family_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade,
  constraint token_family_why_known check (revoked_why in ('signed_out', 'reused', 'ended')),
  constraint token_family_revoked_why check ((revoked_at is null) = (revoked_why is null))
);
create index token_family_member on token_family (tenant_id, member_id);

insert into token_family (tenant_id, id, member_id, expires_at, refreshed_at, revoked_at, revoked_why, created_at)
select tenant_id, family, (array_agg(member_id))[1], max(expires_at), max(created_at), max(revoked_at),
       case when max(revoked_at) is not null then 'ended' end, min(created_at)
from refresh_token group by tenant_id, family;

--! grant refresh_token: select, insert, delete, update(used_at, used_by, successor_id)
alter table refresh_token
  drop column revoked_at,
  -- Who used it, as a hash: a retry of the same client within a moment is no theft.
  add column used_by text,
  -- The one that came of it, so that a retry gets the same.
  add column successor_id uuid,
  add constraint refresh_token_family_fkey foreign key (tenant_id, family) references token_family (tenant_id, id) on delete cascade;

create table service_account (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  name text not null,
  name_key text not null,
  role text not null,
  active boolean not null default true,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint service_account_pkey primary key (tenant_id, id),
  constraint service_account_name_once unique (tenant_id, name_key),
  constraint service_account_role_fkey foreign key (tenant_id, role) references role (tenant_id, name)
);
create index service_account_role on service_account (tenant_id, role);

--! grant api_key: select, insert, update(expires_at, last_used_at, revoked_at, replaced_by, updated_at, version)
alter table api_key
  add column service_account_id uuid,
  -- Written with the key it names, which stays; a foreign key would ask for an index that nobody else needs.
  add column replaced_by uuid,
  add constraint api_key_service_account_fkey foreign key (tenant_id, service_account_id) references service_account (tenant_id, id);
create index api_key_service_account on api_key (tenant_id, service_account_id);

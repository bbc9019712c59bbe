-- A second proof beside the password, the codes for the day it is lost, and browsers that are known.
-- One for each person; it counts once a code from it was given (`confirmed_at`).
create table second_factor (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  -- Sealed with the installation's secret: whoever reads the table alone can make no codes.
  sealed text not null,
  -- The newest step whose code was taken; no code is taken twice.
  last_step bigint not null default 0,
  confirmed_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by uuid,
  constraint second_factor_pkey primary key (tenant_id, id),
  constraint second_factor_once unique (tenant_id, member_id),
  constraint second_factor_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
);
--! secret second_factor
--! grant second_factor: select, insert, delete, update(last_step, confirmed_at, updated_at)

create table recovery_code (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  code_hash text not null,
  used_at timestamptz,
  created_at timestamptz not null,
  created_by uuid,
  constraint recovery_code_pkey primary key (tenant_id, id),
  constraint recovery_code_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
);
create index recovery_code_member on recovery_code (tenant_id, member_id, code_hash);
--! secret recovery_code
--! grant recovery_code: select, insert, delete, update(used_at)

-- The password was right and the second proof is still to come: this opens nothing but the page that asks for it.
create table half_sign_in (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  token_hash text not null,
  next text not null,
  tries integer not null default 0,
  ends_at timestamptz not null,
  created_at timestamptz not null,
  constraint half_sign_in_pkey primary key (tenant_id, id),
  constraint half_sign_in_token_once unique (tenant_id, token_hash),
  constraint half_sign_in_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
);
create index half_sign_in_member on half_sign_in (tenant_id, member_id);
--! secret half_sign_in
--! grant half_sign_in: select, insert, delete, update(tries)

-- Browsers in which somebody has signed in: strangers who guess do not shut these out, and a while long the second proof
-- can be left out there.
create table device (
  tenant_id uuid not null default wall.current_tenant(),
  id uuid not null,
  member_id uuid not null,
  token_hash text not null,
  trusted_until timestamptz,
  last_seen_at timestamptz not null,
  ends_at timestamptz not null,
  created_at timestamptz not null,
  created_by uuid,
  constraint device_pkey primary key (tenant_id, id),
  constraint device_token_once unique (tenant_id, token_hash),
  constraint device_member_fkey foreign key (tenant_id, member_id) references member (tenant_id, id) on delete cascade
);
create index device_member on device (tenant_id, member_id);
--! secret device
--! grant device: select, insert, delete, update(trusted_until, last_seen_at)

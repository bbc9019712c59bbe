-- Those who run the house: nobody of any company, with a sign-in of their own, and what they were let into.
create table ctl.operator (
  id uuid primary key,
  name text not null check (name <> ''),
  email text not null,
  email_key text not null constraint operator_email_once unique,
  -- Argon2id, PHC form; none until the set-up link was followed.
  password_hash text,
  -- What the authenticator makes its codes of, sealed with the installation's secret.
  sealed text not null,
  -- The newest step whose code was taken; no code is taken twice.
  last_step bigint not null default 0,
  -- The link that works once: chooses the password and proves the authenticator.
  setup_hash text constraint operator_setup_once unique,
  setup_until timestamptz,
  confirmed_at timestamptz,
  disabled_at timestamptz,
  last_seen_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- A password counts only beside a second step that was proved, so nobody comes in without.
  constraint operator_has_both check ((password_hash is null) = (confirmed_at is null))
);
grant select, insert, update (name, password_hash, sealed, last_step, setup_hash, setup_until, confirmed_at, disabled_at, last_seen_at, updated_at) on ctl.operator to tw_control;
grant select on ctl.operator to tw_backup;

create table ctl.operator_code (
  operator_id uuid not null references ctl.operator,
  code_hash text not null,
  used_at timestamptz,
  primary key (operator_id, code_hash)
);
grant select, insert, delete, update (used_at) on ctl.operator_code to tw_control;
grant select on ctl.operator_code to tw_backup;

create table ctl.operator_session (
  id uuid primary key,
  operator_id uuid not null references ctl.operator,
  token_hash text not null constraint operator_session_token_once unique,
  peer text not null default '',
  agent text not null default '',
  last_seen_at timestamptz not null,
  ends_at timestamptz not null,
  created_at timestamptz not null
);
create index operator_session_operator on ctl.operator_session (operator_id);
grant select, insert, delete, update (last_seen_at) on ctl.operator_session to tw_control;
grant select on ctl.operator_session to tw_backup;

-- The house's own half of a visit; the other lies in the company. One without the other opens nothing.
create table ctl.operator_visit (
  id uuid primary key,
  operator_id uuid not null references ctl.operator,
  tenant_id uuid not null references ctl.tenant on delete cascade,
  reason text not null,
  minutes int not null check (minutes between 15 and 240),
  -- The hand-over to the company's address, good once.
  ticket_hash text constraint operator_visit_ticket_once unique,
  ticket_until timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null
);
create index operator_visit_operator on ctl.operator_visit (operator_id, id);
create index operator_visit_tenant on ctl.operator_visit (tenant_id, id);
grant select, insert, update (ticket_hash, ticket_until, ended_at) on ctl.operator_visit to tw_control;
grant select on ctl.operator_visit to tw_backup;

-- Companies in a list by name, a page after the other.
create index tenant_by_name on ctl.tenant (name, id);

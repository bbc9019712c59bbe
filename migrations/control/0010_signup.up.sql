-- A sign-up under way: what was answered so far, under a secret that only the browser's cookie knows.
create table ctl.signup (
  id uuid primary key,
  token_hash text not null unique,
  draft jsonb not null default '{}',
  -- What became of it: nothing yet, at work, made, or failed with a sentence.
  state text not null default 'draft' constraint signup_state_known check (state in ('draft', 'provisioning', 'done', 'failed')),
  outcome jsonb not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index signup_age on ctl.signup (updated_at);
grant select, insert, update, delete on ctl.signup to tw_control;

-- Every process looks every other second whether the registry has changed.
create index tenant_updated on ctl.tenant (updated_at);
